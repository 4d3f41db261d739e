invitation-revoked-subject = { $sender } has withdrawn an invitation
invitation-revoked-lead = { $kind ->
    [PARTNERSHIP] The invitation from { $sender } to a partnership was withdrawn. Its link no longer opens anything.
   *[CUSTOMER] The invitation from { $sender } to a reseller relationship was withdrawn. Its link no longer opens anything.
}
invitation-revoked-note = There is nothing that you need to do.
