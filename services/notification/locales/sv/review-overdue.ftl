review-overdue-subject = { $company }: det utlovade beskedet är försenat
review-overdue-lead = Besked om granskningen av { $company } utlovades senast { $expire_date } men har inte lämnats.
review-overdue-case = Ärendet är { $case }.
review-overdue-action = Låt en granskare ta det. Den sökande ser samma datum.
