//! A refusal in its caller's language, as `accept-language` asks for it: English, which every rule speaks, or Chinese by this table.

use std::collections::HashMap;

use attache_domain::language::LanguageTag;
use attache_proto::v1::ErrorReason;
use http::{HeaderMap, header::ACCEPT_LANGUAGE};
use tonic::Status;
use tonic_types::{FieldViolation, LocalizedMessage, StatusExt as _};

/// Tells which of our languages a caller likes best (RFC 9110, 12.5.4); English, when they name none of them.
pub(super) fn language(headers: &HeaderMap) -> LanguageTag {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (LanguageTag::English, 0.0);
    for range in asked.split(',') {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()).unwrap_or(0.0);
        match LanguageTag::parse(tag.trim()) {
            Ok(tag) if weight > best.1 => best = (tag, weight),
            Ok(_) | Err(_) => {}
        }
    }
    best.0
}

/// Adds the text in a language to a refusal as a whole and to each field that it names. What has no reason of ours stays as it is.
pub(super) fn localized(status: Status, language: LanguageTag) -> Status {
    let mut details = status.get_error_details();
    let Some(info) = details.error_info().cloned() else { return status };
    let Some(reason) = ErrorReason::from_str_name(&info.reason) else { return status };
    let text = match language {
        LanguageTag::English => status.message().to_owned(),
        LanguageTag::Chinese => chinese(reason, &info.metadata),
    };
    details.set_localized_message(language.as_str(), text);
    if let Some(bad) = details.bad_request() {
        let violations = bad.field_violations.iter().map(|violation| localized_field(violation, language));
        let violations: Vec<FieldViolation> = violations.collect();
        details.set_bad_request(violations);
    }
    Status::with_error_details_and_metadata(status.code(), status.message(), details, status.metadata().clone())
}

fn localized_field(violation: &FieldViolation, language: LanguageTag) -> FieldViolation {
    let FieldViolation { field, description, reason, localized_message: _ } = violation.clone();
    let text = match language {
        LanguageTag::English => description.clone(),
        LanguageTag::Chinese => {
            let reason = ErrorReason::from_str_name(&reason).unwrap_or(ErrorReason::InvalidFields);
            chinese(reason, &HashMap::new())
        }
    };
    let localized_message = Some(LocalizedMessage::new(language.as_str(), text));
    FieldViolation { field, description, reason, localized_message }
}

/// Every reason in Chinese, with the one of its facts that helps whoever reads it.
fn chinese(reason: ErrorReason, facts: &HashMap<String, String>) -> String {
    let text = CHINESE.iter().find(|(known, _)| *known == reason).map_or("", |(_, text)| text);
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    let (key, after) = rest.split_once('}').unwrap_or((rest, ""));
    format!("{before}{}{after}", fact(facts, key))
}

/// Every reason in Chinese; between braces, a fact.
const CHINESE: [(ErrorReason, &str); 76] = [
    (ErrorReason::Unspecified, "请求被拒绝。"),
    (ErrorReason::InvalidFields, "填写有误或未填写。"),
    (ErrorReason::TokenInvalid, "访问令牌缺失、无效、已过期或已撤销。"),
    (ErrorReason::PermissionDenied, "您没有执行此操作的权限。"),
    (ErrorReason::NotFound, "{resource} 不存在。"),
    (ErrorReason::AlreadyExists, "{resource} 已存在。"),
    (ErrorReason::EtagMismatch, "{resource} 已被他人修改，请重新载入后再试。"),
    (ErrorReason::RequestIdReused, "此 request_id 已用于另一请求。"),
    (ErrorReason::PageTokenInvalid, "分页标记不属于此列表。"),
    (ErrorReason::MessageTooLarge, "请求过大，上限为 {limit_bytes} 字节。"),
    (ErrorReason::DeadlineExceeded, "请求处理超时。"),
    (ErrorReason::Internal, "服务器内部错误，详情见服务器日志。"),
    (ErrorReason::WatchTooSlow, "接收过慢，订阅已中断，请用最后的游标重新订阅。"),
    (ErrorReason::Unavailable, "服务暂不可用，请稍后重试。"),
    (ErrorReason::Overloaded, "服务暂不可用，请稍后重试。"),
    (ErrorReason::NotWritable, "服务暂不可用，请稍后重试。"),
    (ErrorReason::OutcomeUnknown, "提交时与数据库的连接中断，无法确定请求是否已执行，请先查询结果再重试。"),
    (ErrorReason::WrongState, "当前状态（{state}）下不能执行此操作。"),
    (ErrorReason::FormFieldLost, "已有人注册，表单中的该字段或其选项不能删除或改变类型；请将其停用，另增新字段。"),
    (ErrorReason::InUse, "{resource} 仍被引用，不能删除。"),
    (ErrorReason::RegistrationClosed, "此活动目前不接受报名。"),
    (ErrorReason::AlreadyRegistered, "此人或同一邮箱地址已报名。"),
    (ErrorReason::EventCancelled, "此活动已取消。"),
    (ErrorReason::CapacityBelowHeld, "名额不能少于已占用的 {held} 个。"),
    (ErrorReason::NoPlaces, "没有空余名额。"),
    (ErrorReason::LetterIncomplete, "邀请函缺少目的地要求的资料。"),
    (ErrorReason::LetterExists, "此人已有同一活动和目的地的有效邀请函。"),
    (ErrorReason::GlyphMissing, "字体中没有字符 {character}，无法生成文件。"),
    (ErrorReason::DocumentContradictory, "证件的机读区自相矛盾，或与所填内容不符。"),
    (ErrorReason::DocumentDestroyed, "证件资料已销毁。"),
    (ErrorReason::FileIncomplete, "文件不完整或超出大小限制。"),
    (ErrorReason::ScheduleClashes, "日程存在必须先解决的冲突。"),
    (ErrorReason::ItineraryClashes, "行程存在必须先解决的冲突。"),
    (ErrorReason::SeatsTaken, "代表团的相应名额已满（共 {seats} 个，已占 {taken} 个）。"),
    (ErrorReason::TooManyRequests, "请求过于频繁，请稍后重试。"),
    (ErrorReason::LocalTimeInvalid, "此当地时间在其时区不存在或出现两次。"),
    (ErrorReason::AlreadySpeaking, "此人在该场次已担任此角色。"),
    (ErrorReason::AlreadyNominated, "有人已是本活动某代表团的成员，或被重复提名。"),
    (ErrorReason::DelegationIncomplete, "代表团缺少批准所需的资料。"),
    (ErrorReason::HeadNotAMember, "只有代表团成员才能担任团长。"),
    (ErrorReason::ResourceTaken, "{resource} 已被先发布的行程占用，余量不足。"),
    (ErrorReason::CodeInvalid, "验证码错误、已使用、已过期或尝试次数过多。"),
    (ErrorReason::TableUnreadable, "该文件不是可以读取的名单，或没有列明姓名的表头。"),
    (ErrorReason::RowsInvalid, "名单中有 {rows} 行有误，未导入任何一行；请更正后重试。"),
    (ErrorReason::ScheduleUnreadable, "该文件不是可以导入的日程文件。"),
    (ErrorReason::LetterAlreadyApproved, "您已批准此邀请函，还须由其他成员批准。"),
    (ErrorReason::SelfApproval, "申请人不能批准自己申请的邀请函。"),
    (ErrorReason::EventCircular, "活动不能隶属于自身。"),
    (ErrorReason::OfferExpired, "未在期限内答复，名额已不再保留。"),
    (ErrorReason::CheckedIn, "此人已签到，名额正在使用。"),
    (ErrorReason::TicketUnknown, "没有此入场码。"),
    (ErrorReason::OtherEvent, "此入场码或报名属于另一活动。"),
    (ErrorReason::BadgeRevoked, "此胸卡已挂失作废，请使用新胸卡。"),
    (ErrorReason::NotOnList, "此签到名单不适用于该参会类别。"),
    (ErrorReason::NotOnline, "{resource} 不能在线参加。"),
    (ErrorReason::JoiningClosed, "目前不在在线入场时间内。"),
    (ErrorReason::InvitationUnknown, "邀请链接无效，可能被改动或不完整，请联系主办方。"),
    (ErrorReason::InvitationOver, "此邀请已不再有效（{state}）。"),
    (ErrorReason::InvitationLocked, "此邀请仅限受邀邮箱本人使用。"),
    (ErrorReason::AlreadyInvited, "此人已有尚未答复的邀请。"),
    (ErrorReason::DeadlinePassed, "提名截止时间（{deadline}）已过。"),
    (ErrorReason::ChoiceFull, "所选选项已无空余名额。"),
    (ErrorReason::TooManyFiles, "联络人或通过个人链接进入者在本次活动中最多上传 {limit} 个文件。"),
    (ErrorReason::PersonsClash, "两人在同一活动、代表团、场次或邀请函中各有记录，不能合并。"),
    (ErrorReason::PersonMerged, "此人已合并至 {successor}。"),
    (ErrorReason::PersonNotMerged, "此人未被合并，或合并已撤销。"),
    (ErrorReason::MergeUntraced, "未保存此次合并的记录，无法撤销；所作更改见变更日志。"),
    (ErrorReason::MergedSince, "请先撤销 {first} 的合并：合并须按相反顺序撤销。"),
    (ErrorReason::LinkUnknown, "个人链接无效，可能被改动或不完整，请索取新的链接。"),
    (ErrorReason::LinkUsed, "个人链接已被打开过，每个链接只能打开一次，请索取新的链接。"),
    (ErrorReason::LinkExpired, "个人链接已过期，请索取新的链接。"),
    (ErrorReason::LinkRevoked, "个人链接已被撤销，请索取新的链接。"),
    (ErrorReason::NotTakingPart, "此人未报名本活动，也不是代表团成员或行程的旅客。"),
    (ErrorReason::NoEmailAddress, "此人没有登记邮箱地址。"),
    (ErrorReason::UploadOfAnother, "此上传由他人开始，只能由其本人继续。"),
    (ErrorReason::LastOwner, "须保留至少一位持有有效令牌的所有者。"),
];

/// A fact of a refusal, for a text.
fn fact<'a>(facts: &'a HashMap<String, String>, key: &str) -> &'a str {
    facts.get(key).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn language_is_the_one_liked_best_and_english_else() {
        let asked = |text: &'static str| {
            language(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(text))])).as_str()
        };

        assert_eq!([asked("zh-CN,zh;q=0.9,en;q=0.8"), asked("fr, zh;q=0.5"), asked("zh-Hans")], ["zh"; 3]);
        assert_eq!([asked("en-GB, zh;q=0.9"), asked("fr"), asked("zh;q=0"), asked("")], ["en"; 4]);
    }

    #[test]
    fn every_reason_has_a_chinese_text_of_its_own() {
        let reasons: Vec<ErrorReason> = (0..200).filter_map(|number| ErrorReason::try_from(number).ok()).collect();
        let texts: Vec<String> = reasons.iter().map(|reason| chinese(*reason, &HashMap::new())).collect();

        let mut different = texts.clone();
        different.sort();
        different.dedup();
        // One text says of three that the service is not there at the moment.
        assert_eq!((reasons.len(), different.len()), (CHINESE.len(), CHINESE.len() - 2));
        assert!(texts.iter().all(|text| text.ends_with('。')), "{texts:?}");
    }
}
