partnership-ended-subject = The partnership of { $provider } and { $reseller } has ended
partnership-ended-lead = The partnership of { $provider } and { $reseller } has ended, and with it the customer relationships and the administration under it.
partnership-ended-by = It was ended by { $ended_by }.
partnership-ended-note = New orders through this partnership are no longer possible.
