//! Why somebody is as ready as they are, in words: English and Chinese.

use attache_domain::{
    itinerary::CityKey,
    language::LanguageTag,
    readiness::{Obstacle, Reason},
};

/// Says why something is as far as it is.
pub(super) fn reason(reason: Reason, language: LanguageTag) -> String {
    match (reason, language) {
        (Reason::NightsMissing { first, count }, LanguageTag::English) => {
            format!("{count} nights have no bed, the first of them that of {first}")
        }
        (Reason::NightsMissing { first, count }, LanguageTag::Chinese) => {
            format!("有 {count} 晚没有住宿安排，最早为 {first} 当晚。")
        }
        (reason, LanguageTag::English) => english(reason).to_owned(),
        (reason, LanguageTag::Chinese) => chinese(reason).to_owned(),
    }
}

const fn english(reason: Reason) -> &'static str {
    match reason {
        Reason::RegistrationConfirmed => "the registration is confirmed",
        Reason::RegistrationToConfirm => "the registration waits to be confirmed",
        Reason::RegistrationWaits => "the registration is on the waiting list",
        Reason::OfferToAnswer => "a place is offered, and waits for an answer",
        Reason::RegistrationOut => "the registration was rejected or withdrawn, or its offer lapsed",
        Reason::RegistrationMissing => "there is no registration",
        Reason::AnswersMissing => "required fields of the form have no answer",
        Reason::PhotoKept => "a photo is in the vault",
        Reason::PhotoMissing => "no photo is in the vault",
        Reason::PhotoNotAsked => "nobody asks for a photo",
        Reason::PermitValid => "a travel permit is in the vault, and valid until the visit ends",
        Reason::PermitExpires => "the travel permit expires before the visit ends",
        Reason::PassportValid => "a passport is in the vault, and valid for six months beyond the visit",
        Reason::PassportMissing => "no passport is in the vault",
        Reason::PassportExpires => "the passport expires before the visit ends",
        Reason::PassportExpiresSoon => "the passport expires less than six months after the visit",
        Reason::LetterIssued => "the letter was issued for all days of the visit",
        Reason::LetterInProgress => "the letter is requested, and not issued yet",
        Reason::LetterMissing => "no letter was requested",
        Reason::LetterLost => "the letter was rejected or revoked",
        Reason::LetterDatesDiffer => "the letter was issued for other days than those of the visit",
        Reason::LetterNotRequested => "nobody asked for a letter",
        Reason::WayReleased => "the way in and out is in a released itinerary",
        Reason::WayPlanned => "the way in and out is planned, and not released yet",
        Reason::WayInMissing => "there is no way in",
        Reason::WayOutMissing => "there is no way out",
        Reason::WayMissing => "there is no way in or out",
        Reason::NightsReleased => "every night has a bed in a released itinerary",
        Reason::NightsPlanned => "every night has a bed, and the itinerary is not released yet",
        Reason::NightsMissing { .. } => "some nights have no bed",
        Reason::RoomMissing => "there is no hotel",
        Reason::LivesThere => "the person lives where the visit leads",
        Reason::TravelsAlone => "the person comes with no delegation, and no visit is planned here",
        Reason::NotTracked => "it is not kept here",
    }
}

const fn chinese(reason: Reason) -> &'static str {
    match reason {
        Reason::RegistrationConfirmed => "报名已确认。",
        Reason::RegistrationToConfirm => "报名待确认。",
        Reason::RegistrationWaits => "报名在候补名单中。",
        Reason::OfferToAnswer => "已为其暂留名额，待答复。",
        Reason::RegistrationOut => "报名已被拒绝、撤回，或逾期未答复。",
        Reason::RegistrationMissing => "没有报名。",
        Reason::AnswersMissing => "报名表有必填项未填写。",
        Reason::PhotoKept => "照片已入库。",
        Reason::PhotoMissing => "库中没有照片。",
        Reason::PhotoNotAsked => "无需提供照片。",
        Reason::PermitValid => "通行证已入库，有效期至访问结束之后。",
        Reason::PermitExpires => "通行证在访问结束前到期。",
        Reason::PassportValid => "护照已入库，有效期超过访问结束后六个月。",
        Reason::PassportMissing => "库中没有护照。",
        Reason::PassportExpires => "护照在访问结束前到期。",
        Reason::PassportExpiresSoon => "护照在访问结束后六个月内到期。",
        Reason::LetterIssued => "邀请函已签发，覆盖全部访问日期。",
        Reason::LetterInProgress => "邀请函已申请，尚未签发。",
        Reason::LetterMissing => "尚未申请邀请函。",
        Reason::LetterLost => "邀请函已被拒绝或撤销。",
        Reason::LetterDatesDiffer => "邀请函的日期与访问日期不符。",
        Reason::LetterNotRequested => "无人申请邀请函。",
        Reason::WayReleased => "往返行程已发布。",
        Reason::WayPlanned => "往返行程已安排，尚未发布。",
        Reason::WayInMissing => "没有去程。",
        Reason::WayOutMissing => "没有返程。",
        Reason::WayMissing => "没有往返行程。",
        Reason::NightsReleased => "每晚住宿均已发布。",
        Reason::NightsPlanned => "每晚住宿已安排，行程尚未发布。",
        Reason::NightsMissing { .. } => "部分夜晚没有住宿安排。",
        Reason::RoomMissing => "没有安排酒店。",
        Reason::LivesThere => "此人居住在访问目的地。",
        Reason::TravelsAlone => "此人不随代表团前来，本系统未安排其行程。",
        Reason::NotTracked => "本系统不保存此项资料。",
    }
}

/// Says what is against somebody being somewhere.
pub(super) fn obstacle(obstacle: &Obstacle, language: LanguageTag) -> String {
    let (english, chinese) = match obstacle {
        Obstacle::NotRegistered => ("the person is not registered for the event", "此人未报名参加此活动。"),
        Obstacle::NotConfirmed { .. } => ("the registration is not confirmed", "此人的报名尚未确认。"),
        Obstacle::InSession { .. } => ("the person appears in a session meanwhile", "此人届时须出席某场次。"),
        Obstacle::OnStop { .. } => ("a stop of a visit takes the person meanwhile", "此人届时有行程安排。"),
        Obstacle::NoItinerary { .. } => {
            ("no itinerary of the delegation says where the person is", "代表团行程中没有此人的安排。")
        }
        Obstacle::Elsewhere { stop: _, city: CityKey { region, city } } => {
            return match language {
                LanguageTag::English => format!("the itinerary has the person in {city}, {region} then"),
                LanguageTag::Chinese => format!("按行程此人届时在 {city}（{region}）。"),
            };
        }
    };
    let text = match language {
        LanguageTag::English => english,
        LanguageTag::Chinese => chinese,
    };
    text.to_owned()
}
