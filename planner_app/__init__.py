"""The web app for planners: studies, runs and results in a browser, all of it on one machine."""
