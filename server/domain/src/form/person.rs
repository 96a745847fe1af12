//! What every form asks first: who somebody is, in which order, and what the fields are called.
//!
//! What a field takes is decided where a person is read; a form only tells it beforehand.

/// One field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which part of a person it fills, `display_name`.
    pub path: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What is typed or chosen in it.
    pub kind: Kind,
    /// Whether it has to be filled.
    pub required: bool,
    /// At most so many characters; 0, when the kind says enough.
    pub longest: i32,
}

/// What is typed or chosen in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// An e-mail address.
    Email,
    /// A telephone number with the country's code.
    Phone,
    /// A country or territory.
    Region,
    /// A language in which the category's delegates are written to.
    Language,
}

const fn field(path: &'static str, en: &'static str, zh: &'static str, kind: Kind) -> Field {
    Field { path, en, zh, kind, required: false, longest: 0 }
}

impl Field {
    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn up_to(self, longest: i32) -> Self {
        Self { longest, ..self }
    }
}

/// The fields, in the order in which people expect them.
pub const FIELDS: [Field; 10] = [
    field("display_name", "Name in Latin letters, as on a badge", "姓名（拉丁字母，用于证件）", Kind::Text)
        .required()
        .up_to(200),
    field("native_name", "Name in your own script", "姓名（母语文字）", Kind::Text).up_to(200),
    field("passport_name.family_name", "Family name as in the passport", "护照上的姓", Kind::Text).up_to(200),
    field("passport_name.given_name", "Given names as in the passport", "护照上的名", Kind::Text).up_to(200),
    field("email", "E-mail address", "邮箱地址", Kind::Email).required(),
    field("phone_number", "Telephone number", "电话号码", Kind::Phone).up_to(40),
    field("affiliation", "Organisation", "单位", Kind::Text).up_to(200),
    field("position", "Position", "职务", Kind::Text).up_to(200),
    field("region_code", "Country or territory", "国家或地区", Kind::Region),
    field("language_code", "Language of our e-mail to you", "邮件语言", Kind::Language),
];
