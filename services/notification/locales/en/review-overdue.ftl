review-overdue-subject = { $company }: the promised outcome is late
review-overdue-lead = An outcome of the vetting of { $company } was promised by { $expire_date } and has not been given.
review-overdue-case = The case is { $case }.
review-overdue-action = Please have a reviewer take it. The applicant sees the same date.
