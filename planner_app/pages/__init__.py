"""The pages: each has ``layout(services, …)`` and ``register(app, services)``; none imports another."""
