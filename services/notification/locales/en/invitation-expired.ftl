invitation-expired-subject = The invitation to { $recipient_hint } has expired
invitation-expired-lead = { $kind ->
    [PARTNERSHIP] The invitation from { $sender } to { $recipient_hint } to a partnership was not answered in time and has expired.
   *[CUSTOMER] The invitation from { $sender } to { $recipient_hint } to a reseller relationship was not answered in time and has expired.
}
invitation-expired-next = A new invitation can be sent at any time.
