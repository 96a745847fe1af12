//! A house in which every refusal can be met: something of each kind in each state that stands in somebody's way.

use std::collections::BTreeMap;

use attache_tests::{House, by_name, paperwork::STAMP};
use serde_json::{Value, json};

/// What requests are written with, so that each says only what it is about.
const SHORT: &[(&str, &str)] = &[
    ("$EVENT", "events/ciftis-2023"),
    ("$CANCELLED", "events/launch-2023"),
    ("$CLOSED", "events/closed-2023"),
    ("$ZBRA", "organizations/zbra"),
    ("$NOTHING", "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d"),
    ("$WINDOW", r#"{"startDate": "2023-09-03", "endDate": "2023-09-08", "cities": [{"en": "Beijing", "zh": "北京"}]}"#),
    ("$FROM", r#""startTime": {"localTime": "2023-09-05T10:00", "timeZone": "Asia/Shanghai"}"#),
    ("$TO", r#""endTime": {"localTime": "2023-09-05T11:00", "timeZone": "Asia/Shanghai"}"#),
    ("$GAP", r#"{"localTime": "2023-03-12T02:30", "timeZone": "America/New_York"}"#),
    ("$AT", r#""startPlace": {"title": {"en": "ZBRA"}, "city": "Beijing", "regionCode": "CN"}"#),
    ("$MEETING", r#""kind": "STOP_KIND_MEETING", "title": {"en": "Meeting"}"#),
    ("$TALK", r#""kind": "SESSION_KIND_TALK", "title": {"en": "Talk"}"#),
    ("$LETTER", r#""letterTemplate": "letterTemplates/china-m", "regionCode": "CN""#),
    (
        "$PASSPORT",
        r#""number": "ZZ0000000", "issuingStateCode": "UTO", "nationalityCode": "UTO", "familyName": "A", "birthDate": "1984-02-29", "expireDate": "2029-04-30""#,
    ),
    ("$DELEGATION", r#""title": {"en": "Delegation"}, "sender": "organizations/zbra""#),
];

/// The zone of somebody else's passport, the specimen of ICAO 9303 part 4.
const ZONE: &str = r"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

/// What is made, in this order: what it is called, by which RPC, and by which request.
#[rustfmt::skip]
const MADE: &[(&str, &str, &str)] = &[
    ("stranger", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Stranger"}}"#),
    // Registrations in every state, and one of somebody who withdrew before.
    ("submitted", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "A", "email": "a@example.org"}}"#),
    ("confirmed", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "B"}}"#),
    ("", "RegistrationService/ConfirmRegistration", r#"{"name": "<confirmed>"}"#),
    ("withdrawn", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "C"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<withdrawn>"}"#),
    ("again", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate", "person": "<withdrawn/person>"}}"#),
    // An event that takes no registrations any more.
    ("closed", "EventService/CreateEvent", r#"{"event": {"title": {"en": "Closed"}, $FROM, $TO, "controller": "$ZBRA"}, "eventId": "closed-2023"}"#),
    ("", "CategoryService/CreateCategory", r#"{"parent": "$CLOSED", "category": {"title": {"en": "Guests"}}, "categoryId": "guest"}"#),
    ("left", "RegistrationService/CreateRegistration", r#"{"parent": "$CLOSED", "registration": {"category": "$CLOSED/categories/guest"}, "newPerson": {"displayName": "D"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<left>"}"#),
    ("", "EventService/UpdateEvent", r#"{"event": {"name": "$CLOSED", "registrationCloseTime": "2023-07-01T00:00:00Z"}, "updateMask": "registrationCloseTime"}"#),
    // Two sessions in one room at one time, and somebody who appears twice.
    ("hall", "RoomService/CreateRoom", r#"{"parent": "$EVENT", "room": {"title": {"en": "Hall"}}, "roomId": "hall"}"#),
    ("talk", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {$TALK, "room": "<hall>", $FROM, $TO}}"#),
    ("", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {$TALK, "room": "<hall>", $FROM, $TO}}"#),
    ("speaker", "SpeakerService/CreateSpeaker", r#"{"parent": "<talk>", "speaker": {"person": "<stranger>", "role": "SPEAKER_ROLE_SPEAKER"}}"#),
    ("chair", "SpeakerService/CreateSpeaker", r#"{"parent": "<talk>", "speaker": {"person": "<stranger>", "role": "SPEAKER_ROLE_CHAIR"}}"#),
    // Delegations: one nobody is in, one approved, one withdrawn.
    ("empty", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 1, "visitWindow": $WINDOW}}"#),
    ("approved", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}}"#),
    ("heads", "DelegationService/NominateMembers", r#"{"parent": "<approved>", "nominations": [{"newPerson": {"displayName": "Head"}}]}"#),
    ("", "DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<approved>", "head": "<heads/members/0/person>"}, "updateMask": "head"}"#),
    ("", "DelegationService/ApproveDelegation", r#"{"name": "<approved>"}"#),
    ("gone", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}}"#),
    ("leavers", "DelegationService/NominateMembers", r#"{"parent": "<gone>", "nominations": [{"newPerson": {"displayName": "Leaver"}}]}"#),
    ("", "DelegationService/WithdrawDelegation", r#"{"name": "<gone>"}"#),
    ("members", "DelegationService/ListDelegationMembers", r#"{"parent": "<delegation>"}"#),
    // Itineraries: two meetings of the same people at one time, one cancelled, one with a letter that no font has.
    ("van", "ResourceService/CreateResource", r#"{"parent": "$EVENT", "resource": {"kind": "RESOURCE_KIND_VEHICLE", "title": {"en": "Van"}, "capacity": 1}}"#),
    ("meeting", "StopService/CreateStop", r#"{"parent": "<draft>", "stop": {$MEETING, $FROM, $AT, $TO, "allocations": [{"resource": "<van>", "quantity": 1}]}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<draft>", "stop": {$MEETING, $FROM, $AT, $TO}}"#),
    ("off", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "Off"}, "delegation": "<delegation>", "regionCode": "CN"}}"#),
    ("stop_off", "StopService/CreateStop", r#"{"parent": "<off>", "stop": {$MEETING, $FROM, $AT, $TO}}"#),
    ("", "ItineraryService/CancelItinerary", r#"{"name": "<off>"}"#),
    ("runic", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "Visit \u16a0"}, "delegation": "<empty>", "regionCode": "CN"}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<runic>", "stop": {$MEETING, $FROM, $AT, $TO}}"#),
    // A letter without an issuer's stamp, one rejected; a file that something uses, one of which a byte is missing; a passport no more.
    ("letter", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<stranger>", "issuer": "$ZBRA", "visitWindow": $WINDOW}}"#),
    ("rejected", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<submitted/person>", "issuer": "$ZBRA", "visitWindow": $WINDOW}}"#),
    ("", "LetterService/RejectLetter", r#"{"name": "<rejected>", "reason": "A test."}"#),
    ("", "OrganizationService/UpdateOrganization", r#"{"organization": {"name": "$ZBRA", "stampFile": "<stamp>"}, "updateMask": "stampFile"}"#),
    ("partial", "FileService/StartUpload", r#"{"parent": "$EVENT", "file": {"fileName": "a.png", "mediaType": "image/png", "sizeBytes": 2}}"#),
    ("destroyed", "IdentityDocumentService/PutIdentityDocument", r#"{"parent": "<stranger>", "passport": {$PASSPORT}}"#),
    ("", "IdentityDocumentService/DestroyIdentityDocument", r#"{"name": "<destroyed>"}"#),
    // An event that was cancelled when there was something of each kind in it.
    ("late_person", "PersonService/CreatePerson", r#"{"parent": "organizations/launchers", "person": {"displayName": "E"}}"#),
    ("late", "RegistrationService/CreateRegistration", r#"{"parent": "$CANCELLED", "registration": {"category": "$CANCELLED/categories/guest", "person": "<late_person>"}}"#),
    ("late_withdrawn", "RegistrationService/CreateRegistration", r#"{"parent": "$CANCELLED", "registration": {"category": "$CANCELLED/categories/guest"}, "newPerson": {"displayName": "F"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<late_withdrawn>"}"#),
    ("late_delegation", "DelegationService/CreateDelegation", r#"{"parent": "$CANCELLED", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}}"#),
    ("late_members", "DelegationService/NominateMembers", r#"{"parent": "<late_delegation>", "nominations": [{"newPerson": {"displayName": "G"}}]}"#),
    ("late_itinerary", "ItineraryService/CreateItinerary", r#"{"parent": "$CANCELLED", "itinerary": {"title": {"en": "Late"}, "delegation": "<late_delegation>", "regionCode": "CN"}}"#),
    ("late_letter", "LetterService/RequestLetter", r#"{"parent": "$CANCELLED", "letter": {$LETTER, "person": "<late_person>", "issuer": "organizations/launchers", "visitWindow": $WINDOW}}"#),
    ("", "EventService/CancelEvent", r#"{"name": "$CANCELLED", "etag": "r1"}"#),
];

/// What was made, by what it is called.
pub(super) struct World(BTreeMap<&'static str, Value>);

impl World {
    /// Makes everything in a house.
    pub(super) async fn made_in(house: &House) -> Self {
        let visit = house.visit_to_beijing().await;
        house.foreign_event().await;
        let stamp = house.upload("organizations/zbra", "stamp.png", "image/png", STAMP).await;
        let begun = [("draft", visit.itinerary.name), ("delegation", visit.itinerary.delegation), ("stamp", stamp)];
        let mut world = Self(begun.map(|(called, name)| (called, json!({ "name": name }))).into());
        for (called, rpc, request) in MADE {
            world.make(house, called, rpc, request).await;
        }
        house.mail().await;
        world.make(house, "sent", "NoticeService/ListNotices", r#"{"parent": "$EVENT"}"#).await;
        world
    }

    async fn make(&mut self, house: &House, called: &'static str, rpc: &str, request: &str) {
        let answer = by_name::call(&house.owner, rpc, &self.fill(request)).await;
        self.0.insert(called, answer.unwrap_or_else(|failure| panic!("{rpc} for {called}: {failure:?}")));
    }

    /// Writes a request out: `<thing>` is its name, `<thing/a/b>` what its answer has at `a/b`.
    pub(super) fn fill(&self, request: &str) -> String {
        let request = SHORT.iter().fold(request.to_owned(), |request, (short, long)| request.replace(short, long));
        let mut parts = request.split('<');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (wanted, rest) = part.split_once('>').expect("a closed bracket");
            let (called, path) = wanted.split_once('/').unwrap_or((wanted, "name"));
            let value = self.0.get(called).and_then(|answer| answer.pointer(&format!("/{path}"))?.as_str());
            filled.push_str(value.unwrap_or_else(|| panic!("there is no {wanted}")));
            filled.push_str(rest);
        }
        // The specimen zone of ICAO 9303 is full of brackets, and so it is set in last.
        filled.replace("$ZONE", ZONE)
    }
}
