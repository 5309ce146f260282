"""What a study takes for granted: its figures as rows and files, and which of them moves the answer."""
