approver-verification-subject = May { $applicant } act for { $company }?
approver-verification-lead = { $applicant } has applied in the name of { $company } to become a partner and named you as the person who can approve this.
approver-verification-ask = Please tell us whether { $applicant } may enter into agreements on behalf of { $company }.
approver-verification-button = Answer the question
approver-verification-code = If you are asked for a code, enter:
approver-verification-not-us = If you know nothing of this application, say so on the page: it can't be approved then unless another approver is named, and the operator of the programme is told. Opening the page changes nothing.
