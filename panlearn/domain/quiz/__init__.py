"""Quizzes: exercises whose answer is data. Drawing variants, reading answers, grading; nothing is ever evaluated."""
