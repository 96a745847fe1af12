//! A house in which every refusal can be met: something of each kind in each state that stands in somebody's way.

use attache_client::v1;
use attache_tests::{House, by_name, database, made::Made, paperwork::STAMP};
use chrono::TimeDelta;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

/// What is made, in this order: what it is called, by which RPC, and by which request.
#[rustfmt::skip]
const MADE: &[(&str, &str, &str)] = &[
    ("stranger", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Stranger"}}"#),
    // People who were merged into another, of the first of whom nothing was kept.
    ("single", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Single"}}"#),
    ("double", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Double"}}"#),
    ("untraced", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Untraced"}}"#),
    ("treble", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Treble"}}"#),
    ("", "PersonService/MergePersons", r#"{"name": "<single>", "duplicate": "<untraced>"}"#),
    ("", "PersonService/MergePersons", r#"{"name": "<single>", "duplicate": "<double>"}"#),
    ("", "PersonService/MergePersons", r#"{"name": "<single>", "duplicate": "<treble>"}"#),
    // Registrations in every state, and one of somebody who withdrew before.
    ("submitted", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "A", "email": "a@example.org"}}"#),
    ("confirmed", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "B"}}"#),
    ("", "RegistrationService/ConfirmRegistration", r#"{"name": "<confirmed>"}"#),
    // Personal links in every state in which they open nothing; one is over when all is made.
    ("link_over", "LinkService/CreateLink", r#"{"parent": "$EVENT", "link": {"person": "<confirmed/person>", "expireTime": "2023-08-01T00:10:00Z"}}"#),
    ("link_used", "LinkService/CreateLink", r#"{"parent": "$EVENT", "link": {"person": "<confirmed/person>"}}"#),
    ("", "SignInService/ExchangeLink", r#"{"code": "<link_used/uri>"}"#),
    ("link_revoked", "LinkService/CreateLink", r#"{"parent": "$EVENT", "link": {"person": "<confirmed/person>"}}"#),
    ("", "LinkService/RevokeLink", r#"{"name": "<link_revoked>"}"#),
    ("withdrawn", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "C"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<withdrawn>"}"#),
    ("again", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate", "person": "<withdrawn/person>"}}"#),
    ("", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Full"}, "capacity": 0}, "categoryId": "full"}"#),
    // Somebody who is in, and somebody who was let in by mistake.
    ("inside", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "I"}}"#),
    ("", "RegistrationService/ConfirmRegistration", r#"{"name": "<inside>"}"#),
    ("mistake", "CheckInService/CheckIn", r#"{"parent": "$EVENT", "registration": "<inside>"}"#),
    ("", "CheckInService/UndoCheckIn", r#"{"name": "<mistake/checkIn/name>"}"#),
    ("", "CheckInService/CheckIn", r#"{"parent": "$EVENT", "registration": "<inside>"}"#),
    // Lists: one that somebody is on, and one that is not for them.
    ("lunch", "CheckInListService/CreateCheckInList", r#"{"parent": "$EVENT", "checkInList": {"title": {"en": "Lunch"}, "kind": "CHECK_IN_LIST_KIND_MEAL"}, "checkInListId": "lunch"}"#),
    ("", "CheckInService/CheckIn", r#"{"parent": "$EVENT", "registration": "<inside>", "list": "<lunch>"}"#),
    ("lounge", "CheckInListService/CreateCheckInList", r#"{"parent": "$EVENT", "checkInList": {"title": {"en": "Lounge"}, "kind": "CHECK_IN_LIST_KIND_AREA", "categories": ["$EVENT/categories/full"]}}"#),
    // Events that are attended online now: one with somebody who may and somebody who may not yet, and one that was cancelled.
    ("", "EventService/UpdateEvent", r#"{"event": {"name": "$EVENT", "onlineUri": "https://meet.example.org/forum"}}"#),
    ("live", "EventService/CreateEvent", r#"{"event": {"title": {"en": "Live"}, $NOW, "controller": "$ZBRA", "onlineUri": "https://meet.example.org/live"}}"#),
    ("viewers", "CategoryService/CreateCategory", r#"{"parent": "<live>", "category": {"title": {"en": "Viewers"}}}"#),
    ("watching", "RegistrationService/CreateRegistration", r#"{"parent": "<live>", "registration": {"category": "<viewers>"}, "newPerson": {"displayName": "R"}}"#),
    ("", "RegistrationService/ConfirmRegistration", r#"{"name": "<watching>"}"#),
    ("unconfirmed", "RegistrationService/CreateRegistration", r#"{"parent": "<live>", "registration": {"category": "<viewers>"}, "newPerson": {"displayName": "S"}}"#),
    ("press", "CategoryService/CreateCategory", r#"{"parent": "<live>", "category": {"title": {"en": "Press"}}}"#),
    ("briefing", "CheckInListService/CreateCheckInList", r#"{"parent": "<live>", "checkInList": {"title": {"en": "Briefing"}, "kind": "CHECK_IN_LIST_KIND_DAY", "date": "2023-08-01", "categories": ["<press>"]}}"#),
    ("shut", "EventService/CreateEvent", r#"{"event": {"title": {"en": "Off"}, $NOW, "controller": "$ZBRA", "onlineUri": "https://meet.example.org/off"}}"#),
    ("off_viewers", "CategoryService/CreateCategory", r#"{"parent": "<shut>", "category": {"title": {"en": "Viewers"}}}"#),
    ("cut_off", "RegistrationService/CreateRegistration", r#"{"parent": "<shut>", "registration": {"category": "<off_viewers>"}, "newPerson": {"displayName": "T"}}"#),
    ("", "RegistrationService/ConfirmRegistration", r#"{"name": "<cut_off>"}"#),
    // Invitations: one that is open, one that was declined, one of somebody who registered since; and what stands in their way.
    ("invitee", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "U", "email": "u@example.org"}}"#),
    ("invitation", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<invitee>", "category": "$EVENT/categories/delegate"}}"#),
    ("", "InvitationService/DeclineInvitation", r#"{"code": "<invitation/uri>"}"#),
    ("open_invitation", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<invitee>", "category": "$EVENT/categories/delegate"}}"#),
    ("accepting", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "V"}}"#),
    ("accepted", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<accepting>", "category": "$EVENT/categories/delegate"}, "withoutMail": true}"#),
    ("", "InvitationService/AcceptInvitation", r#"{"code": "<accepted/uri>"}"#),
    ("overtaken", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "W", "email": "w@example.org"}}"#),
    ("overtaken_invitation", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<overtaken>", "category": "$EVENT/categories/delegate"}, "withoutMail": true}"#),
    ("twin", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "W", "email": "w@example.org"}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate", "person": "<twin>"}}"#),
    ("nowhere", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Y"}}"#),
    ("unreachable", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<nowhere>", "category": "$EVENT/categories/delegate"}, "withoutMail": true}"#),
    ("shut_invitation", "InvitationService/CreateInvitation", r#"{"parent": "<shut>", "invitation": {"person": "<invitee>", "category": "<off_viewers>"}, "withoutMail": true}"#),
    ("", "EventService/CancelEvent", r#"{"name": "<shut>"}"#),
    // A place that was offered and declined, and somebody who waits where there is none.
    ("", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Tight"}, "capacity": 1, "offerHours": 1}, "categoryId": "tight"}"#),
    ("holder", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/tight"}, "newPerson": {"displayName": "H"}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/tight"}, "newPerson": {"displayName": "I"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<holder>"}"#),
    ("declined", "WaitlistService/ListOffers", r#"{"parent": "$EVENT"}"#),
    ("", "WaitlistService/DeclineOffer", r#"{"name": "<declined/offers/0/name>"}"#),
    ("wishing", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/full"}, "newPerson": {"displayName": "J"}}"#),
    // An event of ten minutes, which an offer in it does not outlast.
    ("brief", "EventService/CreateEvent", r#"{"event": {"title": {"en": "Brief"}, "startTime": {"localTime": "2023-08-01T08:00", "timeZone": "Asia/Shanghai"}, "endTime": {"localTime": "2023-08-01T08:10", "timeZone": "Asia/Shanghai"}, "controller": "$ZBRA"}}"#),
    ("brief_guests", "CategoryService/CreateCategory", r#"{"parent": "<brief>", "category": {"title": {"en": "Guests"}, "capacity": 1, "offerHours": 1}}"#),
    ("brief_holder", "RegistrationService/CreateRegistration", r#"{"parent": "<brief>", "registration": {"category": "<brief_guests>"}, "newPerson": {"displayName": "P"}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "<brief>", "registration": {"category": "<brief_guests>"}, "newPerson": {"displayName": "Q"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<brief_holder>"}"#),
    ("lapsed", "WaitlistService/ListOffers", r#"{"parent": "<brief>"}"#),
    // An event that takes no registrations any more.
    ("closed", "EventService/CreateEvent", r#"{"event": {"title": {"en": "Closed"}, $FROM, $TO, "controller": "$ZBRA"}, "eventId": "closed-2023"}"#),
    ("", "CategoryService/CreateCategory", r#"{"parent": "$CLOSED", "category": {"title": {"en": "Guests"}, "public": true, "formFields": [{"id": "diet", "label": {"en": "Diet"}, "kind": "FORM_FIELD_KIND_TEXT"}]}, "categoryId": "guest"}"#),
    ("closed_form", "PublicService/SubmitRegistration", r#"{"parent": "$CLOSED/categories/guest", "person": {"displayName": "F", "email": "closed@example.org"}}"#),
    ("left", "RegistrationService/CreateRegistration", r#"{"parent": "$CLOSED", "registration": {"category": "$CLOSED/categories/guest"}, "newPerson": {"displayName": "D"}}"#),
    ("left_link", "LinkService/CreateLink", r#"{"parent": "$CLOSED", "link": {"person": "<left/person>"}}"#),
    ("left_delegate", "SignInService/ExchangeLink", r#"{"code": "<left_link/uri>"}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<left>"}"#),
    ("", "ScheduleService/ReleaseSchedule", r#"{"parent": "$CLOSED"}"#),
    ("late_invitation", "InvitationService/CreateInvitation", r#"{"parent": "$CLOSED", "invitation": {"person": "<stranger>", "category": "$CLOSED/categories/guest"}, "withoutMail": true}"#),
    ("late_guest", "RegistrationService/CreateRegistration", r#"{"parent": "$CLOSED", "registration": {"category": "$CLOSED/categories/guest"}, "newPerson": {"displayName": "L"}}"#),
    ("late_link", "LinkService/CreateLink", r#"{"parent": "$CLOSED", "link": {"person": "<late_guest/person>"}}"#),
    ("late_delegate", "SignInService/ExchangeLink", r#"{"code": "<late_link/uri>"}"#),
    ("", "EventService/UpdateEvent", r#"{"event": {"name": "$CLOSED", "registrationCloseTime": "2023-07-01T00:00:00Z"}, "updateMask": "registrationCloseTime"}"#),
    // Somebody who is in, by their link; what they eat has to be approved.
    ("", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Diners"}, "confirmation": "CONFIRMATION_POLICY_AT_ONCE", "formFields": [{"id": "diet", "kind": "FORM_FIELD_KIND_TEXT", "label": {"en": "Diet"}, "reapproval": true}]}, "categoryId": "diner"}"#),
    ("diner", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/diner"}, "newPerson": {"displayName": "E"}}"#),
    ("", "CheckInService/CheckIn", r#"{"parent": "$EVENT", "registration": "<diner>"}"#),
    ("diner_link", "LinkService/CreateLink", r#"{"parent": "$EVENT", "link": {"person": "<diner/person>"}}"#),
    ("diner_delegate", "SignInService/ExchangeLink", r#"{"code": "<diner_link/uri>"}"#),
    // Two sessions in one room at one time, and somebody who appears twice.
    ("hall", "RoomService/CreateRoom", r#"{"parent": "$EVENT", "room": {"title": {"en": "Hall"}}, "roomId": "hall"}"#),
    ("talk", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {$TALK, "room": "<hall>", $FROM, $TO}}"#),
    ("", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {$TALK, "room": "<hall>", $FROM, $TO}}"#),
    ("speaker", "SpeakerService/CreateSpeaker", r#"{"parent": "<talk>", "speaker": {"person": "<stranger>", "role": "SPEAKER_ROLE_SPEAKER"}}"#),
    ("chair", "SpeakerService/CreateSpeaker", r#"{"parent": "<talk>", "speaker": {"person": "<stranger>", "role": "SPEAKER_ROLE_CHAIR"}}"#),
    // A choice that somebody has the only place of; one who came with a delegation had it before them, and comes again without it. Nobody has a place
    // of it in the other category.
    ("tour", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Tour"}, "public": true, "formFields": [$TRIP, "choices": [{"id": "city", "label": {"en": "City"}, "places": 1}, {"id": "park", "label": {"en": "Park"}}]}]}, "categoryId": "tour"}"#),
    ("", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Stay"}, "formFields": [$TRIP, "choices": [{"id": "city", "label": {"en": "City"}, "places": 0}, {"id": "park", "label": {"en": "Park"}, "places": 0}]}]}, "categoryId": "stay"}"#),
    ("touring", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW, "seatQuotas": [{"category": "<tour>", "seats": 1}]}}"#),
    ("tourists", "DelegationService/NominateMembers", r#"{"parent": "<touring>", "nominations": [{"newPerson": {"displayName": "Tourist"}, "category": "<tour>"}]}"#),
    ("", "DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<touring>", "head": "<tourists/members/0/person>"}, "updateMask": "head"}"#),
    ("", "DelegationService/ApproveDelegation", r#"{"name": "<touring>"}"#),
    ("toured", "DelegationService/ListDelegationMembers", r#"{"parent": "<touring>"}"#),
    ("", "RegistrationService/UpdateRegistration", r#"{"registration": {"name": "<toured/members/0/registration>", "answers": [{"field": "trip", "values": ["city"]}]}}"#),
    ("", "DelegationService/WithdrawDelegation", r#"{"name": "<touring>"}"#),
    ("", "DelegationService/ReinstateDelegation", r#"{"name": "<touring>"}"#),
    ("", "DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<touring>", "head": "<tourists/members/0/person>"}, "updateMask": "head"}"#),
    ("sightseer", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tour>", "answers": [{"field": "trip", "values": ["city"]}]}, "newPerson": {"displayName": "Sightseer"}}"#),
    ("rambler", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tour>", "answers": [{"field": "trip", "values": ["park"]}]}, "newPerson": {"displayName": "Rambler"}}"#),
    ("walker", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Walker"}}"#),
    ("walk", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<walker>", "category": "<tour>"}, "withoutMail": true}"#),
    // Somebody for whom the one place there is is kept, and none for whom they would bring.
    ("table", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Table"}, "capacity": 1, "formFields": [{"id": "guests", "label": {"en": "Guests"}, "kind": "FORM_FIELD_KIND_COMPANIONS"}]}}"#),
    ("entertainer", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "W"}}"#),
    ("dinner", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<entertainer>", "category": "<table>", "terms": {"reserveTime": "2023-08-20T00:00:00Z"}}, "withoutMail": true}"#),
    ("staying", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW, "seatQuotas": [{"category": "<tour>", "seats": 1}, {"category": "$EVENT/categories/stay", "seats": 1}]}}"#),
    ("stayers", "DelegationService/NominateMembers", r#"{"parent": "<staying>", "nominations": [{"newPerson": {"displayName": "Stayer"}, "category": "<tour>"}]}"#),
    ("", "DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<staying>", "head": "<stayers/members/0/person>"}, "updateMask": "head"}"#),
    ("", "DelegationService/ApproveDelegation", r#"{"name": "<staying>"}"#),
    ("stayed", "DelegationService/ListDelegationMembers", r#"{"parent": "<staying>"}"#),
    ("", "RegistrationService/UpdateRegistration", r#"{"registration": {"name": "<stayed/members/0/registration>", "answers": [{"field": "trip", "values": ["park"]}]}}"#),
    // Delegations: one nobody is in, one approved, one withdrawn, one whose focal point is too late.
    ("empty", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 1, "visitWindow": $WINDOW}}"#),
    ("approved", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}}"#),
    ("heads", "DelegationService/NominateMembers", r#"{"parent": "<approved>", "nominations": [{"newPerson": {"displayName": "Head"}}]}"#),
    ("", "DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<approved>", "head": "<heads/members/0/person>"}, "updateMask": "head"}"#),
    ("", "DelegationService/ApproveDelegation", r#"{"name": "<approved>"}"#),
    ("gone", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}}"#),
    ("leavers", "DelegationService/NominateMembers", r#"{"parent": "<gone>", "nominations": [{"newPerson": {"displayName": "Leaver"}}]}"#),
    ("", "DelegationService/WithdrawDelegation", r#"{"name": "<gone>"}"#),
    ("overdue", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW, "deadlines": {"nominationTime": "2023-06-01T00:00:00Z"}}}"#),
    ("punctual", "DelegationService/NominateMembers", r#"{"parent": "<overdue>", "nominations": [{"newPerson": {"displayName": "Punctual"}}]}"#),
    ("", "DelegationService/ReplaceMember", r#"{"name": "<punctual/members/0/name>", "nomination": {"newPerson": {"displayName": "Heir"}}}"#),
    // One for whose seats there are no places, and one with somebody who is in.
    ("cramped", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 1, "visitWindow": $WINDOW, "seatQuotas": [{"category": "$EVENT/categories/full", "seats": 1}]}}"#),
    ("crowd", "DelegationService/NominateMembers", r#"{"parent": "<cramped>", "nominations": [{"newPerson": {"displayName": "Crowd"}, "category": "$EVENT/categories/full"}]}"#),
    ("", "DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<cramped>", "head": "<crowd/members/0/person>"}, "updateMask": "head"}"#),
    ("registered", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 3, "visitWindow": $WINDOW, "seatQuotas": [{"category": "$EVENT/categories/delegate", "seats": 2}, {"category": "$EVENT/categories/full", "seats": 1}]}}"#),
    ("registering", "DelegationService/NominateMembers", r#"{"parent": "<registered>", "nominations": [{"newPerson": {"displayName": "Entered"}, "category": "$EVENT/categories/delegate"}, {"newPerson": {"displayName": "Expected"}, "category": "$EVENT/categories/delegate"}]}"#),
    ("", "DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<registered>", "head": "<registering/members/0/person>"}, "updateMask": "head"}"#),
    ("", "DelegationService/ApproveDelegation", r#"{"name": "<registered>"}"#),
    ("seated", "DelegationService/ListDelegationMembers", r#"{"parent": "<registered>"}"#),
    ("", "CheckInService/CheckIn", r#"{"parent": "$EVENT", "registration": "<seated/members/0/registration>"}"#),
    ("members", "DelegationService/ListDelegationMembers", r#"{"parent": "<delegation>"}"#),
    // Itineraries: two meetings of the same people at one time, one cancelled, one with a letter that no font has.
    ("van", "ResourceService/CreateResource", r#"{"parent": "$EVENT", "resource": {"kind": "RESOURCE_KIND_VEHICLE", "title": {"en": "Van"}, "capacity": 1}}"#),
    ("meeting", "StopService/CreateStop", r#"{"parent": "<draft>", "stop": {$MEETING, $FROM, $AT, $TO, "allocations": [{"resource": "<van>", "quantity": 1}]}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<draft>", "stop": {$MEETING, $FROM, $AT, $TO}}"#),
    ("off", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "Off"}, "delegation": "<delegation>", "regionCode": "CN"}}"#),
    ("stop_off", "StopService/CreateStop", r#"{"parent": "<off>", "stop": {$MEETING, $FROM, $AT, $TO}}"#),
    ("", "ItineraryService/CancelItinerary", r#"{"name": "<off>"}"#),
    ("runic_guest", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "Rune \u16a0"}}"#),
    ("runic", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "Visit \u16a0"}, "delegation": "<empty>", "regionCode": "CN"}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<runic>", "stop": {$MEETING, $FROM, $AT, $TO}}"#),
    // One that holds a bus and rooms since its release, and one that wants the bus.
    ("bus", "ResourceService/CreateResource", r#"{"parent": "$EVENT", "resource": {"kind": "RESOURCE_KIND_VEHICLE", "title": {"en": "Bus"}, "capacity": 10}}"#),
    ("twins", "ResourceService/CreateResource", r#"{"parent": "$EVENT", "resource": {"kind": "RESOURCE_KIND_HOTEL_ROOM", "title": {"en": "Twins"}, "capacity": 2}}"#),
    ("holding", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "First"}, "delegation": "<empty>", "regionCode": "CN"}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<holding>", "stop": {$MEETING, $FROM, $AT, $TO, "allocations": [{"resource": "<bus>", "quantity": 1}, {"resource": "<twins>", "quantity": 1}]}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<holding>", "stop": {$MEETING, $FROM, $AT, $TO, "allocations": [{"resource": "<twins>", "quantity": 1}]}}"#),
    ("", "ItineraryService/ReleaseItinerary", r#"{"name": "<holding>"}"#),
    ("wanting", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "Second"}, "delegation": "<empty>", "regionCode": "CN"}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<wanting>", "stop": {$MEETING, $FROM, $AT, $TO, "allocations": [{"resource": "<bus>", "quantity": 1}]}}"#),
    // The one owner, who has the one token.
    ("me", "AccessService/WhoAmI", "{}"),
    ("tokens", "AccessService/ListTokens", r#"{"parent": "<me>"}"#),
    // Forms that wait for their address to be proven: of somebody who is registered, and as many as one address may have.
    ("", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Visitors"}, "public": true}, "categoryId": "visitor"}"#),
    ("form", "PublicService/SubmitRegistration", r#"{"parent": "$EVENT/categories/visitor", "person": {"displayName": "A", "email": "a@example.org"}}"#),
    ("", "PublicService/SubmitRegistration", r#"{"parent": "$EVENT/categories/visitor", "person": {"displayName": "M", "email": "many@example.org"}}"#),
    ("", "PublicService/SubmitRegistration", r#"{"parent": "$EVENT/categories/visitor", "person": {"displayName": "M", "email": "many@example.org"}}"#),
    ("", "PublicService/SubmitRegistration", r#"{"parent": "$EVENT/categories/visitor", "person": {"displayName": "M", "email": "many@example.org"}}"#),
    // A member with an address, for which as many codes were asked as may be.
    ("", "AccessService/CreateMember", r#"{"member": {"displayName": "Desk", "email": "desk@example.org", "grants": [{"role": "ROLE_VIEWER"}]}}"#),
    ("", "SignInService/RequestSignIn", r#"{"email": "desk@example.org"}"#),
    ("", "SignInService/RequestSignIn", r#"{"email": "desk@example.org"}"#),
    ("", "SignInService/RequestSignIn", r#"{"email": "desk@example.org"}"#),
    ("", "SignInService/RequestSignIn", r#"{"email": "desk@example.org"}"#),
    ("", "SignInService/RequestSignIn", r#"{"email": "desk@example.org"}"#),
    // A letter of somebody without a passport, one rejected, one rejected and asked for anew; a file that something uses, one of which a byte is missing; a passport no more.
    ("letter", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<stranger>", "issuer": "$ZBRA", "visitWindow": $WINDOW}}"#),
    ("rejected", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<submitted/person>", "issuer": "$ZBRA", "visitWindow": $WINDOW}}"#),
    ("", "LetterService/RejectLetter", r#"{"name": "<rejected>", "reason": "A test."}"#),
    ("beside", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<again/person>", "issuer": "$ZBRA", "visitWindow": $WINDOW}}"#),
    ("", "LetterService/RejectLetter", r#"{"name": "<beside>"}"#),
    ("", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<again/person>", "issuer": "$ZBRA", "visitWindow": $WINDOW}}"#),
    ("", "OrganizationService/UpdateOrganization", r#"{"organization": {"name": "$ZBRA", "stampFile": "<stamp>"}, "updateMask": "stampFile"}"#),
    ("partial", "FileService/StartUpload", r#"{"parent": "$EVENT", "file": {"fileName": "a.png", "mediaType": "image/png", "sizeBytes": 2}}"#),
    ("destroyed", "IdentityDocumentService/PutIdentityDocument", r#"{"parent": "<stranger>", "passport": {$PASSPORT}}"#),
    ("", "IdentityDocumentService/DestroyIdentityDocument", r#"{"name": "<destroyed>"}"#),
    // An event that was cancelled when there was something of each kind in it.
    ("late_person", "PersonService/CreatePerson", r#"{"parent": "organizations/launchers", "person": {"displayName": "E"}}"#),
    ("late", "RegistrationService/CreateRegistration", r#"{"parent": "$CANCELLED", "registration": {"category": "$CANCELLED/categories/guest", "person": "<late_person>"}}"#),
    ("cancelled_link", "LinkService/CreateLink", r#"{"parent": "$CANCELLED", "link": {"person": "<late_person>"}}"#),
    ("cancelled_delegate", "SignInService/ExchangeLink", r#"{"code": "<cancelled_link/uri>"}"#),
    ("", "CategoryService/CreateCategory", r#"{"parent": "$CANCELLED", "category": {"title": {"en": "Other"}}, "categoryId": "other"}"#),
    ("late_withdrawn", "RegistrationService/CreateRegistration", r#"{"parent": "$CANCELLED", "registration": {"category": "$CANCELLED/categories/guest"}, "newPerson": {"displayName": "F"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<late_withdrawn>"}"#),
    ("late_delegation", "DelegationService/CreateDelegation", r#"{"parent": "$CANCELLED", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}}"#),
    ("late_members", "DelegationService/NominateMembers", r#"{"parent": "<late_delegation>", "nominations": [{"newPerson": {"displayName": "G"}}]}"#),
    ("late_itinerary", "ItineraryService/CreateItinerary", r#"{"parent": "$CANCELLED", "itinerary": {"title": {"en": "Late"}, "delegation": "<late_delegation>", "regionCode": "CN"}}"#),
    ("late_letter", "LetterService/RequestLetter", r#"{"parent": "$CANCELLED", "letter": {$LETTER, "person": "<late_person>", "issuer": "organizations/launchers", "visitWindow": $WINDOW}}"#),
    ("", "CategoryService/UpdateCategory", r#"{"category": {"name": "$EVENT/categories/delegate", "formFields": [{"id": "diet", "kind": "FORM_FIELD_KIND_TEXT", "label": {"en": "Diet"}}]}}"#),
    ("", "CategoryService/UpdateCategory", r#"{"category": {"name": "$CANCELLED/categories/guest", "public": true}}"#),
    ("late_form", "PublicService/SubmitRegistration", r#"{"parent": "$CANCELLED/categories/guest", "person": {"displayName": "L", "email": "late@example.org"}}"#),
    ("", "CategoryService/CreateCategory", r#"{"parent": "$CANCELLED", "category": {"title": {"en": "Tight"}, "capacity": 1, "offerHours": 1}, "categoryId": "tight"}"#),
    ("late_holder", "RegistrationService/CreateRegistration", r#"{"parent": "$CANCELLED", "registration": {"category": "$CANCELLED/categories/tight"}, "newPerson": {"displayName": "N"}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "$CANCELLED", "registration": {"category": "$CANCELLED/categories/tight"}, "newPerson": {"displayName": "O"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<late_holder>"}"#),
    ("late_offers", "WaitlistService/ListOffers", r#"{"parent": "$CANCELLED"}"#),
    ("", "EventService/CancelEvent", r#"{"name": "$CANCELLED", "etag": "r1"}"#),
];

/// A schedule of one talk, whose import comes to an end at once.
const CALENDAR: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Attache//tests//EN\r\nBEGIN:VEVENT\r\nUID:talk@example.org\r\n\
    DTSTAMP:20230801T000000Z\r\nDTSTART:20230905T020000Z\r\nDTEND:20230905T030000Z\r\nSUMMARY:Talk\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// The badges of people: what each is called, and whose it is.
const BADGES: [(&str, &str); 5] = [
    ("lost_badge", "<watching>"),
    ("badge_inside", "<inside>"),
    ("badge_watching", "<watching>"),
    ("badge_unconfirmed", "<unconfirmed>"),
    ("badge_cut_off", "<cut_off>"),
];

/// The codes that were mailed for forms: what each is called, and the address it went to.
const CODES: [(&str, &str); 3] = [
    ("form_code", "a@example.org"),
    ("closed_form_code", "closed@example.org"),
    ("late_form_code", "late@example.org"),
];

/// Waits for the code that was mailed to an address.
async fn code(house: &House, email: &str) -> String {
    let line = |text: &str| text.lines().find_map(|line| line.strip_prefix("  Code: ").map(str::to_owned));
    let mailed = async || {
        let sent = house.mail_memory().sent();
        sent.iter().filter(|mail| mail.to.address == email).find_map(|mail| line(&mail.text))
    };
    house.until(mailed).await
}

/// An upload to the forum that an organiser of it began.
async fn begun_by_another(house: &House) -> Value {
    let organizer = house.member(v1::Role::Organizer, "events/ciftis-2023").await;
    let request =
        r#"{"parent": "events/ciftis-2023", "file": {"fileName": "a.png", "mediaType": "image/png", "sizeBytes": 2}}"#;
    by_name::call(&organizer, "FileService/StartUpload", request).await.expect("an upload")
}

/// Makes letters that lack nothing: one issued, one approved, one that the owner approved and somebody else has to, one that the owner requested and may
/// not approve.
async fn letters(house: &House, made: &mut Made) {
    let issued = house.approved_letter("", "").await.name;
    house.ended(&house.issue(&[&issued]).await.name).await;
    made.remember("issued", json!({ "name": issued }));
    let approved = house.approved_letter("", "").await;
    let request = v1::ListIdentityDocumentsRequest { parent: approved.person.clone(), ..Default::default() };
    let documents = house.owner.identity_documents().list_identity_documents(request).await.expect("documents");
    let passport = &documents.into_inner().identity_documents[0].name;
    let approved = json!({ "name": approved.name, "person": approved.person, "passport": passport });
    made.remember("approved_letter", approved);
    let registration = r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/diner", "person": "<approved_letter/person>"}}"#;
    made.make(house, "", "RegistrationService/CreateRegistration", registration).await;
    house.letter_policy(2, false).await;
    made.remember("half", json!({ "name": house.approved_letter("", "").await.name }));
    house.letter_policy(2, true).await;
    made.remember("own", json!({ "name": house.request_letter("", "").await.name }));
}

/// Makes everything in a house.
pub(super) async fn made_in(house: &House) -> Made {
    let visit = house.visit_to_beijing().await;
    house.foreign_event().await;
    house.letterhead().await;
    let stamp = house.upload("organizations/zbra", "stamp.png", "image/png", STAMP).await;
    let picture = house.upload("events/ciftis-2023", "picture.png", "image/png", STAMP).await;
    let calendar = house.upload("events/ciftis-2023", "talk.ics", "text/calendar", CALENDAR).await;
    // Nobody is registered as a ghost.
    let list = house.upload("events/ciftis-2023", "list.csv", "text/csv", b"Name,Category\nBoo,Ghost\n").await;
    let roster = house.upload("events/ciftis-2023", "roster.csv", "text/csv", b"Name\nOne\nTwo\nThree\n").await;
    let v1::Itinerary { name: draft, delegation, .. } = &visit.itinerary;
    let mut made = Made::of([
        ("draft", draft),
        ("delegation", delegation),
        ("stamp", &stamp),
        ("picture", &picture),
        ("calendar", &calendar),
        ("list", &list),
        ("roster", &roster),
    ]);
    for (called, rpc, request) in MADE {
        made.make(house, called, rpc, request).await;
    }
    forget_merge(house, &made.fill("<untraced>")).await;
    made.remember("begun_by_another", begun_by_another(house).await);
    for (called, registration) in BADGES {
        made.remember(called, json!({ "code": house.badge_code(&made.fill(registration)).await }));
        if called == "lost_badge" {
            made.make(house, "", "CheckInService/RevokeBadges", r#"{"name": "<watching>"}"#).await;
        }
    }
    for (called, email) in CODES {
        made.remember(called, json!({ "code": code(house, email).await }));
    }
    made.make(house, "import", "ScheduleService/ImportSchedule", r#"{"parent": "$EVENT", "file": "<calendar>"}"#).await;
    house.ended(&made.fill("<import>")).await;
    letters(house, &mut made).await;
    // The brief event is over, and the codes are still good.
    house.pass(TimeDelta::minutes(15)).await;
    house.mail().await;
    made.make(house, "sent", "NoticeService/ListNotices", r#"{"parent": "$EVENT"}"#).await;
    house.app.clock.advance(TimeDelta::minutes(10));
    made
}

/// Merges were done before anything was kept of them.
async fn forget_merge(house: &House, person: &str) {
    let id = person.rsplit('/').next().expect("an id");
    let database = database::opened(database::address(&house.database)).await.expect("the database");
    let forgotten = database.execute_unprepared(&format!("DELETE FROM merges WHERE person = '{id}'")).await;
    assert_eq!(forgotten.expect("a merge").rows_affected(), 1);
    database.close().await.expect("an orderly end");
}
