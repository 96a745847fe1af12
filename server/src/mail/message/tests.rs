use super::*;

const MEETING: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:会谈\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn outgoing() -> Outgoing {
    Outgoing {
        message_id: "8c1d2f1e-5a7b-4c3d-9e0f-112233445566.2@attache.example.org".to_owned(),
        from: Mailbox { name: Some("大会秘书处".to_owned()), address: "desk@example.org".to_owned() },
        reply_to: Some(Mailbox { name: Some("Desk, visas".to_owned()), address: "visas@bücher.example".to_owned() }),
        to: Mailbox { name: Some("عائشہ خان".to_owned()), address: "ayesha@例子.example".to_owned() },
        date: DateTime::from_timestamp(1_693_877_400, 0).unwrap(),
        subject: "签证邀请函 CPTIC-2023-0007：中国—巴基斯坦科技创新合作大会".to_owned(),
        text: "尊敬的张伟明先生：\n\n您的签证邀请函已签发。\n".to_owned(),
        html: "<p lang=\"en\">Your visa letter – issued.</p>\n".to_owned(),
        language: LanguageTag::Chinese,
        attachments: vec![Attachment {
            file_name: "邀请函 CPTIC-2023-0007.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: b"%PDF-1.7\nnot\r\nreally\n".to_vec(),
        }],
        calendar: Some(Calendar { method: CalendarMethod::Request, bytes: MEETING.into() }),
    }
}

#[test]
fn message_with_everything_is_built_so() {
    let built = build(&outgoing()).unwrap();

    // The file is kept with bare line feeds, which is what version control makes of it anyway.
    let text = String::from_utf8(built.bytes).unwrap();
    assert_eq!(text.replace("\r\n", "\n"), include_str!("tests/everything.eml"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert_eq!(built.envelope.to(), ["ayesha@xn--fsqu00a.example".parse().unwrap()]);
}

#[test]
fn message_built_again_has_the_same_bytes() {
    assert_eq!(build(&outgoing()).unwrap().bytes, build(&outgoing()).unwrap().bytes);
}

#[test]
fn line_breaks_in_names_and_subject_make_no_header() {
    let mut broken = outgoing();
    broken.to.name = Some("Ayesha\r\nBcc: all@example.com".to_owned());
    broken.subject = "Hello\r\nBcc: all@example.com\r\n\r\nbody".to_owned();
    broken.attachments.clear();
    let mut plain = broken.clone();
    plain.to.name = Some("Ayesha Bcc: all@example.com".to_owned());
    plain.subject = "Hello Bcc: all@example.com body".to_owned();

    assert_eq!(build(&broken).unwrap().bytes, build(&plain).unwrap().bytes);
}

#[test]
fn parts_that_make_no_message_are_named() {
    type Change = fn(&mut Outgoing);
    let broken: [(Fault, Change); 11] = [
        (Fault::MessageId, |outgoing| outgoing.message_id = "no-domain".to_owned()),
        (Fault::MessageId, |outgoing| outgoing.message_id = "../../etc/x@example.org".to_owned()),
        (Fault::MessageId, |outgoing| outgoing.message_id = "a@b>\r\nBcc: <c@d".to_owned()),
        (Fault::From, |outgoing| outgoing.from.address = "desk".to_owned()),
        (Fault::ReplyTo, |outgoing| outgoing.reply_to.as_mut().unwrap().address = "签证@example.org".to_owned()),
        (Fault::To, |outgoing| outgoing.to.address = "a@b.example\r\nBcc: c@d.example".to_owned()),
        (Fault::To, |outgoing| outgoing.to.address = "a@b.example, c@d.example".to_owned()),
        (Fault::Attachment, |outgoing| outgoing.attachments[0].file_name = "../letter.pdf".to_owned()),
        (Fault::Attachment, |outgoing| outgoing.attachments[0].file_name = " ".to_owned()),
        (Fault::Attachment, |outgoing| outgoing.attachments[0].media_type = "pdf\r\nX: y".to_owned()),
        (Fault::Calendar, |outgoing| outgoing.calendar.as_mut().unwrap().method = CalendarMethod::Cancel),
    ];

    for (fault, break_it) in broken {
        let mut outgoing = outgoing();
        break_it(&mut outgoing);
        assert_eq!(build(&outgoing).err(), Some(fault));
    }
}
