invitation-declined-subject = The invitation to { $recipient_hint } was declined
invitation-declined-lead = { $kind ->
    [PARTNERSHIP] The invitation from { $sender } to { $recipient_hint } to a partnership was declined. Nothing has changed.
   *[CUSTOMER] The invitation from { $sender } to { $recipient_hint } to a reseller relationship was declined. Nothing has changed.
}
invitation-declined-reason = { $reason ->
    [NOT_INTERESTED] The reason given: they are not interested.
    [SENDER_UNKNOWN] The reason given: they do not know you.
    [WRONG_RECIPIENT] The reason given: it is not for them.
    [ASKS_TOO_MUCH] The reason given: it asks for too much.
   *[OTHER] No reason of our list fits.
}
invitation-declined-message = They write:
invitation-declined-next = A new invitation can be sent at any time.
