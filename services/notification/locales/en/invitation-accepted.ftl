invitation-accepted-subject = { $recipient } accepted the invitation from { $sender }
invitation-accepted-lead = { $kind ->
    [PARTNERSHIP] { $recipient } accepted the invitation from { $sender }. The partnership between them is now active.
   *[CUSTOMER] { $recipient } accepted the invitation from { $sender }. The reseller relationship is now active.
}
invitation-accepted-next = There is nothing that you need to do.
