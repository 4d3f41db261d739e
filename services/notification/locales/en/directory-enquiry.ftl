directory-enquiry-subject = { $company } asks about working with you
directory-enquiry-lead = { $sender } at { $company }, a reseller in the programme, found you in the directory of providers and sends you an enquiry.
directory-enquiry-message = { $sender } writes:
directory-enquiry-reply = Reply to this message to answer { $sender } at { $reply_address }.
