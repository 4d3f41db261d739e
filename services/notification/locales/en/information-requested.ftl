information-requested-subject = { $again ->
    [yes] Reminder: we need your answers about { $company }
   *[no] We need your answers about { $company }
}
information-requested-lead = { $again ->
    [yes] The reviewer of the application of { $company } still waits for answers.
   *[no] The reviewer of the application of { $company } has questions.
}
information-requested-count = Questions without an answer: { $count }.
information-requested-due = Please answer by { $expire_date }. After that the case is closed.
information-requested-action = A global administrator of { $company } can read the questions in the vetting case, answer them there, and send documents.
