"""Staffing for pages: who is needed, which shifts deliver it, and whom to hire in the year."""
