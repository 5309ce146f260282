"""Courses: a scenario over weeks, where one week leads to the next.

>>> import scenarios
>>> from scenarios.course import Course
>>> leaving = Course(weeks=3, people={"attrition_per_year": 0.5})
>>> found = course(scenarios.load("helpdesk"), leaving, replications=2, engine="reference", workers=1)
>>> staff = found.state[found.state["what"] == "headcount"]
>>> staff["value"].round(2).tolist()  # 110.5 scheduled hours a day, 5 days, 40 h each; fewer each week
[13.81, 13.68, 13.55]
"""

from sim.course.results import COLUMNS, CourseComparison, CourseResult
from sim.course.running import compare_courses, course
from sim.course.totals import TOTALS

__all__ = ["COLUMNS", "TOTALS", "CourseComparison", "CourseResult", "compare_courses", "course"]
