approver-denied-subject = { $company }: the company approver says no
approver-denied-lead = The company approver named by { $company } has answered that { $applicant } may not enter into agreements on its behalf, or that the address is not theirs. The application can't be approved unless another approver is named.
approver-denied-case = The case is { $case }.
approver-denied-action = Somebody may have used the company's name. Please look at who applied.
