"""Telling: from a report to words, headlines, tables and a workbook."""
