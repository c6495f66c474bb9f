"""Coverage: what planners ask about supply, need and reach, as typed questions with typed answers.

``data.coverage_data`` reads a release once; ``question.ask`` checks a question; ``measures.measure`` answers it without
touching the database, so that a scenario may ask the same of changed data.
"""
