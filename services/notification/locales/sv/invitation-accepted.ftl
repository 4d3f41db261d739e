invitation-accepted-subject = { $recipient } har tackat ja till inbjudan från { $sender }
invitation-accepted-lead = { $kind ->
    [PARTNERSHIP] { $recipient } har tackat ja till inbjudan från { $sender }. Partnerskapet mellan dem är nu aktivt.
   *[CUSTOMER] { $recipient } har tackat ja till inbjudan från { $sender }. Återförsäljarrelationen är nu aktiv.
}
invitation-accepted-next = Du behöver inte göra något.
