email-verification-subject = Confirm your e-mail address for { $company }
email-verification-lead = { $company } has applied to become a partner and named you as its primary contact.
email-verification-ask = Please answer two questions: did your company apply, and is this your address?
email-verification-button = Answer the questions
email-verification-code = If you are asked for a code, enter:
email-verification-not-us = If your company did not apply, say so on the page: the application is then stopped. Opening the page changes nothing.
