contact-denied-subject = { $company }: the contact knows nothing of the application
contact-denied-lead = The primary contact named by { $company } has answered that the company did not apply, or that the address is not theirs. The case is closed.
contact-denied-case = The case is { $case }.
contact-denied-action = Somebody may have used the company's name. Please look at who applied.
