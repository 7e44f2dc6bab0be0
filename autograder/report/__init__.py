"""What instructors look at after a grading: pages about the class, its tests and each student, from what was kept."""
