verification-reminder-subject = Reminder: we still need your answer about { $company }
verification-reminder-lead = We asked you some days ago about the application of { $company } to the partner programme, and have no answer yet.
verification-reminder-effect = Without an answer the application can't go on.
verification-reminder-button = Answer the questions
verification-reminder-code = If you are asked for a code, enter:
verification-reminder-not-us = If you know nothing of this application, say so on the page: on your no it is not approved as it stands, and the operator of the programme is told. Opening the page changes nothing.
