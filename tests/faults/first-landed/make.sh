#!/usr/bin/env bash
# Makes the installation of the first landed version again: database.sql, vault.key and answers.json beside this file.
#
# make.sh OLD_SERVER OLD_CLI
#
# Takes the programs `attache-server` and `attache` of the commit a82ada9; needs curl, jq and python3. README.md says what it makes.
set -euo pipefail

old_server=$1
cli=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT

address=127.0.0.1:50971
forum=events/forum-2036
host=organizations/specimen-host
guest=organizations/specimen-sender
zone=Asia/Shanghai
nowhere=smtp://127.0.0.1:9

# Starts the old server on a folder and waits until it answers.
serve() {
    local folder=$1
    shift
    "$old_server" --listen "$address" --data-folder "$folder" --public-url https://attache.example.org "$@" \
        >>"$scratch/server.log" 2>&1 &
    server=$!
    until curl --silent --fail --output /dev/null "http://$address/healthz"; do
        kill -0 "$server"
    done
}

# Ends it in the midst of whatever it does.
end() {
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
    server=
}

# Asks as somebody: ask WHO FEATURE VERB REQUEST; - stands for no verb.
ask() {
    local who=$1 command=("$2" "$3") request=$4
    [ "$3" != - ] || command=("$2")
    ATTACHE_TOKEN=$(cat "$scratch/$who.token") "$cli" --address "http://$address" --output json \
        "${command[@]}" --data "$request" </dev/null
}

# Does something as the owner: do_it FEATURE VERB REQUEST.
do_it() { ask owner "$@"; }

# The same, and gives the name of what came of it.
named() { do_it "$@" | jq -r .name; }

# Keeps an answer: answered WHO RPC FEATURE VERB REQUEST.
answered() {
    local who=$1 rpc=$2 request=$5 answer
    answer=$(ask "$who" "$3" "$4" "$request")
    # A log that goes on grows, and a release that is tried would be made now.
    case $rpc in
        AuditService/ListChanges) answer=$(jq 'del(.next_page_token, .total_size)' <<<"$answer") ;;
        ScheduleService/PreviewRelease) answer=$(jq 'del(.release.create_time)' <<<"$answer") ;;
    esac
    jq --null-input --arg who "$who" --arg rpc "$rpc" --argjson request "$request" --argjson answer "$answer" \
        '{$who, $rpc, $request, $answer}' >>"$scratch/answers"
}

# Makes somebody: person PERSON.
person() { named person create "{\"parent\": \"$host\", \"person\": $1}"; }

# Registers somebody: register CATEGORY PERSON.
register() {
    named registration create \
        "{\"parent\": \"$forum\", \"registration\": {\"category\": \"$forum/categories/$1\", \"person\": \"$2\"}}"
}

# A time on a wall: at LOCAL_TIME [ZONE].
at() { printf '{"localTime": "%s", "timeZone": "%s"}' "$1" "${2:-$zone}"; }

# Makes somebody who may do something, with a token: member WHO NAME ROLE RESOURCE.
member() {
    local name
    name=$(named member create \
        "{\"member\": {\"displayName\": \"$2\", \"grants\": [{\"role\": \"ROLE_$3\", \"resource\": \"$4\"}]}}")
    do_it token create "{\"parent\": \"$name\", \"token\": {\"purpose\": \"a specimen\"}}" | jq -r .secret >"$scratch/$1.token"
}

# Makes a grey picture of so many dots a side: picture FILE SIDE.
picture() {
    python3 - "$1" "$2" <<'PYTHON'
import struct, sys, zlib

path, side = sys.argv[1], int(sys.argv[2])

def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
dots = zlib.compress((b"\0" + b"\x80" * side) * side)
with open(path, "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", dots) + chunk(b"IEND", b""))
PYTHON
}

# Uploads a file for the host: upload FILE.
upload() {
    ATTACHE_TOKEN=$(cat "$scratch/owner.token") "$cli" --address "http://$address" --output json \
        file upload "$1" --parent "$host" | jq -r .name
}

make_house() {
    do_it organization create '{"organizationId": "specimen-host", "organization": {
        "title": {"en": "Specimen Trade Promotion Society", "zh": "样本贸易促进会"}, "kind": "ORGANIZATION_KIND_ASSOCIATION", "regionCode": "CN",
        "addressLines": ["1 Specimen Road", "Beijing"], "phoneNumber": "+86 10 5550 0100", "email": "office@example.org",
        "registrationNumber": "SPECIMEN-0001", "letterPrefix": "SPEC",
        "signatory": {"displayName": {"en": "Zhang San", "zh": "张三"}, "position": {"en": "Secretary General", "zh": "秘书长"}}}}'
    do_it organization create '{"organizationId": "specimen-sender", "organization": {
        "title": {"en": "Indus Specimen Chamber"}, "kind": "ORGANIZATION_KIND_ASSOCIATION", "regionCode": "PK", "email": "chamber@example.org"}}'
    picture "$scratch/stamp.png" 24
    picture "$scratch/signature.png" 16
    local stamp signature
    stamp=$(upload "$scratch/stamp.png")
    signature=$(upload "$scratch/signature.png")
    do_it organization update "{\"organization\": {\"name\": \"$host\", \"stampFile\": \"$stamp\", \"signatureFile\": \"$signature\"},
        \"updateMask\": \"stampFile,signatureFile\"}"
    do_it event create "{\"eventId\": \"forum-2036\", \"event\": {\"title\": {\"en\": \"Specimen Forum\", \"zh\": \"样本论坛\"},
        \"startTime\": $(at 2036-09-05T09:00), \"endTime\": $(at 2036-09-05T17:30), \"controller\": \"$host\",
        \"venue\": {\"title\": {\"en\": \"Hall of Specimens\", \"zh\": \"样本会堂\"}, \"city\": \"Beijing\", \"regionCode\": \"CN\"},
        \"contactEmail\": \"forum@example.org\", \"specimen\": true}}"
    do_it category create "{\"parent\": \"$forum\", \"categoryId\": \"delegate\", \"category\": {
        \"title\": {\"en\": \"Delegates\", \"zh\": \"代表\"}, \"capacity\": 3, \"confirmation\": \"CONFIRMATION_POLICY_BY_HAND\"}}"
    do_it category create "{\"parent\": \"$forum\", \"categoryId\": \"press\", \"category\": {
        \"title\": {\"en\": \"Press\", \"zh\": \"媒体\"}, \"confirmation\": \"CONFIRMATION_POLICY_AT_ONCE\", \"languageCodes\": [\"en\"], \"public\": true}}"
    member desk "Desk of the forum" ORGANIZER "$forum"
    member reader "Reader of the forum" VIEWER "$forum"
}

make_people() {
    li=$(person '{"displayName": "Li Mingxuan", "nativeName": "李明轩", "familyFirst": true, "languageCode": "zh",
        "email": "li@example.org", "affiliation": "Specimen Works", "position": "Engineer", "regionCode": "CN"}')
    ayesha=$(person '{"displayName": "Ayesha Rahman", "nativeName": "عائشہ رحمٰن", "formOfAddress": "Dr.",
        "passportName": {"familyName": "RAHMAN", "givenName": "AYESHA"}, "email": "ayesha@example.org",
        "affiliation": "Indus Specimen Chamber", "position": "Director", "regionCode": "PK"}')
    suparman=$(person '{"displayName": "Suparman", "passportName": {"familyName": "SUPARMAN"}, "email": "suparman@example.org"}')
    wang=$(person '{"displayName": "Wang Xiulan", "nativeName": "王秀兰", "email": "wang@example.org", "phoneNumber": "+86 10 5550 0101"}')
    zainab=$(person '{"displayName": "Zainab Malik", "nativeName": "زینب ملک", "email": "zainab@example.org"}')
    omar=$(person '{"displayName": "Omar Haddad", "email": "omar@example.org"}')
    chen=$(person '{"displayName": "Chen Jing", "nativeName": "陈静", "email": "chen@example.org", "languageCode": "zh"}')
    maria=$(person '{"displayName": "María Muster", "email": "maria@example.org"}')
}

# Three places: Li and Ayesha are confirmed, Wang withdraws and Suparman, who waited, gets the place; Omar and Chen wait.
make_registrations() {
    local first second withdrawn rejected
    first=$(register delegate "$li")
    second=$(register delegate "$ayesha")
    withdrawn=$(register delegate "$wang")
    register delegate "$suparman"
    register delegate "$omar"
    register delegate "$chen"
    register press "$zainab"
    rejected=$(register delegate "$maria")
    do_it registration confirm "{\"name\": \"$first\"}"
    do_it registration confirm "{\"name\": \"$second\"}"
    do_it registration withdraw "{\"name\": \"$withdrawn\"}"
    do_it registration reject "{\"name\": \"$rejected\"}"
}

make_programme() {
    do_it room create "{\"parent\": \"$forum\", \"roomId\": \"hall\", \"room\": {\"title\": {\"en\": \"Great hall\", \"zh\": \"大厅\"},
        \"capacity\": 200, \"floor\": \"1\"}}"
    do_it room create "{\"parent\": \"$forum\", \"roomId\": \"table\", \"room\": {\"title\": {\"en\": \"Signing table\"}}}"
    local opening signing
    opening=$(named session create "{\"parent\": \"$forum\", \"session\": {\"kind\": \"SESSION_KIND_OPENING\",
        \"title\": {\"en\": \"Opening\", \"zh\": \"开幕\"}, \"room\": \"$forum/rooms/hall\",
        \"startTime\": $(at 2036-09-05T09:00), \"endTime\": $(at 2036-09-05T09:40)}}")
    signing=$(named session create "{\"parent\": \"$forum\", \"session\": {\"kind\": \"SESSION_KIND_SIGNING\",
        \"title\": {\"en\": \"Signing\"}, \"room\": \"$forum/rooms/table\",
        \"startTime\": $(at 2036-09-05T10:00), \"endTime\": $(at 2036-09-05T10:30), \"signing\": {
        \"parties\": [\"$host\", \"$guest\"], \"signatories\": [\"$li\", \"$ayesha\"], \"witnesses\": [\"$suparman\"],
        \"languageCodes\": [\"en\", \"zh\", \"ur\"], \"documentTitle\": {\"en\": \"Specimen memorandum\"}}}}")
    do_it speaker create "{\"parent\": \"$opening\", \"speaker\": {\"person\": \"$li\", \"role\": \"SPEAKER_ROLE_SPEAKER\", \"position\": 1}}"
    do_it schedule release "{\"parent\": \"$forum\"}"
    # Moved after the release: what is planned is not what was released.
    do_it session update "{\"session\": {\"name\": \"$signing\", \"endTime\": $(at 2036-09-05T10:45)}, \"updateMask\": \"endTime\"}"
    do_it session create "{\"parent\": \"$forum\", \"session\": {\"kind\": \"SESSION_KIND_TALK\", \"title\": {\"en\": \"A talk without a time\"}}}"
    sessions=("$opening" "$signing")
}

make_visit() {
    local rooms van airport hotel stops
    delegation=$(named delegation create "{\"parent\": \"$forum\", \"delegation\": {\"title\": {\"en\": \"Indus delegation\"},
        \"sender\": \"$guest\", \"seats\": 3, \"visitWindow\": {\"startDate\": \"2036-09-03\", \"endDate\": \"2036-09-08\",
        \"cities\": [{\"en\": \"Beijing\", \"zh\": \"北京\"}]}}}")
    do_it delegation nominate-members "{\"parent\": \"$delegation\", \"nominations\": [
        {\"person\": \"$ayesha\", \"role\": \"Head\"}, {\"person\": \"$suparman\", \"role\": \"Adviser\"}]}"
    do_it delegation update "{\"delegation\": {\"name\": \"$delegation\", \"head\": \"$ayesha\"}, \"updateMask\": \"head\"}"
    do_it delegation approve "{\"name\": \"$delegation\"}"
    member focal "Focal point of the chamber" FOCAL_POINT "$delegation"
    rooms=$(named resource create "{\"parent\": \"$forum\", \"resource\": {\"kind\": \"RESOURCE_KIND_HOTEL_ROOM\",
        \"title\": {\"en\": \"Single rooms, Specimen Hotel\"}, \"capacity\": 2, \"city\": \"Beijing\"}}")
    van=$(named resource create "{\"parent\": \"$forum\", \"resource\": {\"kind\": \"RESOURCE_KIND_VEHICLE\",
        \"title\": {\"en\": \"Van\", \"zh\": \"面包车\"}, \"capacity\": 6, \"city\": \"Beijing\"}}")
    itinerary=$(named itinerary create "{\"parent\": \"$forum\", \"itinerary\": {\"title\": {\"en\": \"Visit to Beijing\"},
        \"delegation\": \"$delegation\", \"regionCode\": \"CN\"}}")
    airport='{"title": {"en": "Beijing Capital International Airport (PEK)"}, "city": "Beijing", "regionCode": "CN"}'
    hotel='{"title": {"en": "Specimen Hotel"}, "address": "2 Specimen Road", "city": "Beijing", "regionCode": "CN"}'
    stops=(
        "\"kind\": \"STOP_KIND_FLIGHT\", \"title\": {\"en\": \"Flight to Beijing\"}, \"carrier\": \"Specimen Air\", \"number\": \"XX 0853\",
            \"startTime\": $(at 2036-09-03T22:40 Asia/Karachi), \"endTime\": $(at 2036-09-04T06:30), \"endPlace\": $airport,
            \"startPlace\": {\"title\": {\"en\": \"Islamabad International Airport (ISB)\"}, \"city\": \"Islamabad\", \"regionCode\": \"PK\"}"
        "\"kind\": \"STOP_KIND_TRANSFER\", \"title\": {\"en\": \"To the hotel\"}, \"startPlace\": $airport, \"endPlace\": $hotel,
            \"startTime\": $(at 2036-09-04T07:30), \"endTime\": $(at 2036-09-04T08:30),
            \"allocations\": [{\"resource\": \"$van\", \"quantity\": 2}]"
        "\"kind\": \"STOP_KIND_STAY\", \"title\": {\"en\": \"Nights at the hotel\"}, \"startPlace\": $hotel,
            \"startTime\": $(at 2036-09-04T09:00), \"endTime\": $(at 2036-09-08T10:00), \"details\": [\"Breakfast from 7\"],
            \"allocations\": [{\"resource\": \"$rooms\", \"quantity\": 2}]"
    )
    local stop
    for stop in "${stops[@]}"; do
        do_it stop create "{\"parent\": \"$itinerary\", \"stop\": {$stop}}"
    done
}

make_letter() {
    document=$(named identity-document put "{\"parent\": \"$ayesha\", \"passport\": {\"number\": \"ZZ0000000\",
        \"issuingStateCode\": \"PAK\", \"nationalityCode\": \"PAK\", \"familyName\": \"RAHMAN\", \"givenName\": \"AYESHA\",
        \"birthDate\": \"1988-02-29\", \"sex\": \"F\", \"expireDate\": \"2049-06-30\"}, \"destroyDate\": \"2099-12-31\"}")
    letter=$(named letter request "{\"parent\": \"$forum\", \"letter\": {\"person\": \"$ayesha\", \"issuer\": \"$host\",
        \"letterTemplate\": \"letterTemplates/generic\", \"regionCode\": \"CN\", \"visitWindow\": {\"startDate\": \"2036-09-03\",
        \"endDate\": \"2036-09-08\", \"cities\": [{\"en\": \"Beijing\", \"zh\": \"北京\"}]},
        \"relationship\": {\"en\": \"Partners since 2021\", \"zh\": \"自2021年起的合作伙伴\"}, \"expenseBearer\": \"EXPENSE_BEARER_SENDER\"}}")
    do_it letter approve "{\"name\": \"$letter\"}"
    ATTACHE_TOKEN=$(cat "$scratch/owner.token") "$cli" --address "http://$address" --output json \
        letter issue "$forum" "$letter" --wait
}

# Waits until every mail has left.
until_sent() {
    until [ "$(do_it notice list "{\"parent\": \"$forum\", \"filter\": \"state = QUEUED\"}" | jq '.notices | length')" = 0 ]; do
        :
    done
}

# Has a mail wait because its relay is not there.
put_mail_off() {
    register press "$(person '{"displayName": "Lena Beispiel", "email": "lena@example.org"}')"
    until do_it notice list "{\"parent\": \"$forum\", \"filter\": \"state = QUEUED\"}" | jq --exit-status '.notices[0].last_error != ""'; do
        :
    done
}

# Writes until the server was killed before it numbered what it had answered.
write_to_the_last() {
    local number count last
    for number in $(seq 20); do
        last=$(person "{\"displayName\": \"Guest $number\", \"email\": \"guest$number@example.org\"}")
        register delegate "$last"
        end
        count=$(python3 - "$scratch/house/attache.db" <<'PYTHON'
import sqlite3, sys

database = sqlite3.connect(sys.argv[1])
print(database.execute("SELECT count(*) FROM changes WHERE position IS NULL").fetchone()[0])
PYTHON
        )
        [ "$count" = 0 ] || return 0
        serve "$scratch/house" --smtp-url "$nowhere"
    done
    return 1
}

# What can be read is written to be read, the rest in hexadecimal digits.
dump() {
    python3 - "$scratch/house/attache.db" "$here/database.sql" <<'PYTHON'
import re, sqlite3, sys

def legible(blob):
    data = bytes.fromhex(blob[1])
    return "CAST('%s' AS BLOB)" % data.decode().replace("'", "''") if data.startswith(b'{"') else blob[0]

database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.writelines(re.sub("X'([0-9A-F]+)'", legible, line) + "\n" for line in database.iterdump())
PYTHON
}

# Keeps the server that is asked from trying mails meanwhile, which it would log.
let_mail_wait() {
    python3 - "$1" <<'PYTHON'
import sqlite3, sys

database = sqlite3.connect(sys.argv[1])
database.execute("UPDATE notices SET next_attempt_time = '2099-01-01T00:00:00+00:00' WHERE state = 'QUEUED'")
database.commit()
PYTHON
}

# Asks what callers can know. The reads of passports come last, since they are changes themselves.
ask_everything() {
    local all="\"pageSize\": 1000" parent name who count
    for parent in "$forum" "$host" "$guest" installation; do
        # Asked for as many as there are, which are the first for ever.
        count=$(do_it audit list-changes "{\"parent\": \"$parent\", $all}" | jq '.changes | length')
        answered owner AuditService/ListChanges audit list-changes "{\"parent\": \"$parent\", \"pageSize\": $count}"
    done
    for who in owner desk reader focal; do
        answered "$who" AccessService/WhoAmI whoami - '{}'
    done
    answered owner AccessService/ListMembers member list "{$all}"
    answered owner OrganizationService/ListOrganizations organization list "{$all}"
    answered reader EventService/ListEvents event list "{$all}"
    answered owner EventService/GetEvent event get "{\"name\": \"$forum\"}"
    answered owner CategoryService/ListCategories category list "{\"parent\": \"$forum\", $all}"
    for name in delegate press; do
        answered owner CategoryService/GetCapacity category capacity "{\"name\": \"$forum/categories/$name\"}"
    done
    answered desk RegistrationService/ListRegistrations registration list "{\"parent\": \"$forum\", $all}"
    answered owner PersonService/ListPersons person list "{\"parent\": \"$host\", $all}"
    answered owner RoomService/ListRooms room list "{\"parent\": \"$forum\", $all}"
    answered owner SessionService/ListSessions session list "{\"parent\": \"$forum\", $all}"
    for name in "${sessions[@]}"; do
        answered owner SpeakerService/ListSpeakers speaker list "{\"parent\": \"$name\", $all}"
    done
    answered owner ScheduleService/GetSchedule schedule get "{\"name\": \"$forum/schedule\"}"
    answered owner ScheduleService/ListReleases schedule list-releases "{\"parent\": \"$forum\", $all}"
    answered owner ScheduleService/CheckSchedule schedule check "{\"parent\": \"$forum\"}"
    answered owner ScheduleService/PreviewRelease schedule preview-release "{\"parent\": \"$forum\"}"
    answered focal DelegationService/GetDelegation delegation get "{\"name\": \"$delegation\"}"
    answered focal DelegationService/ListDelegationMembers delegation list-delegation-members "{\"parent\": \"$delegation\", $all}"
    answered owner ResourceService/ListResources resource list "{\"parent\": \"$forum\", $all}"
    answered reader ItineraryService/GetItinerary itinerary get "{\"name\": \"$itinerary\"}"
    answered owner ItineraryService/CheckItinerary itinerary check "{\"name\": \"$itinerary\"}"
    answered reader StopService/ListStops stop list "{\"parent\": \"$itinerary\", $all}"
    ask_papers
}

ask_papers() {
    local name
    answered owner LetterService/ListLetters letter list "{\"parent\": \"$forum\", \"pageSize\": 1000}"
    name=$(do_it letter get "{\"name\": \"$letter\"}" | jq -r '.verify_uri | split("/") | last')
    answered reader LetterService/VerifyLetter letter verify "{\"code\": \"$name\"}"
    answered owner LetterTemplateService/GetLetterTemplate letter-template get '{"name": "letterTemplates/generic"}'
    answered owner JobService/ListJobs job list "{\"parent\": \"$forum\", \"pageSize\": 1000}"
    for name in $(do_it notice list "{\"parent\": \"$forum\", \"pageSize\": 1000, \"filter\": \"state = SENT\"}" | jq -r '.notices[].name'); do
        answered owner NoticeService/GetNotice notice get "{\"name\": \"$name\"}"
    done
    for name in $(do_it organization get "{\"name\": \"$host\"}" | jq -r '.stamp_file, .signature_file') \
        $(do_it letter get "{\"name\": \"$letter\"}" | jq -r .file); do
        answered owner FileService/GetFile file get "{\"name\": \"$name\"}"
    done
    answered owner PublicService/GetPublicEvent public public-event "{\"name\": \"$forum\"}"
    answered owner PublicService/GetForm public form "{\"name\": \"$forum/categories/press\"}"
    answered owner IdentityDocumentService/ListIdentityDocuments identity-document list "{\"parent\": \"$ayesha\", \"pageSize\": 1000}"
    answered owner IdentityDocumentService/ReadIdentityDocument identity-document read \
        "{\"name\": \"$document\", \"purpose\": \"to compare\"}"
}

serve "$scratch/house"
sed -n 's/^ *ATTACHE_TOKEN=//p' "$scratch/server.log" >"$scratch/owner.token"
make_house
make_people
make_registrations
make_programme
make_visit
make_letter
until_sent
end
serve "$scratch/house" --smtp-url "$nowhere"
put_mail_off
write_to_the_last
dump

cp -r "$scratch/house" "$scratch/copy"
let_mail_wait "$scratch/copy/attache.db"
serve "$scratch/copy" --smtp-url "$nowhere"
ask_everything
end
for who in owner desk reader focal; do
    jq --null-input --arg who "$who" --arg token "$(cat "$scratch/$who.token")" '{key: $who, value: $token}'
done | jq --slurp --slurpfile answers "$scratch/answers" '{tokens: from_entries, $answers}' >"$here/answers.json"
cp "$scratch/house/vault.key" "$here/vault.key"
chmod 644 "$here/vault.key"
