//! What the .proto files say of a thing, for the help texts.

use prost_reflect::{EnumValueDescriptor, FieldDescriptor, FileDescriptor, MethodDescriptor, ServiceDescriptor};

/// A comment of a .proto file, its lines joined within each paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    pub fn of_service(service: &ServiceDescriptor) -> Self {
        Self::at(&service.parent_file(), service.path())
    }

    pub fn of_method(method: &MethodDescriptor) -> Self {
        Self::at(&method.parent_service().parent_file(), method.path())
    }

    pub fn of_field(field: &FieldDescriptor) -> Self {
        Self::at(&field.parent_message().parent_file(), field.path())
    }

    pub fn of_value(value: &EnumValueDescriptor) -> Self {
        Self::at(&value.parent_enum().parent_file(), value.path())
    }

    fn at(file: &FileDescriptor, path: &[i32]) -> Self {
        let source = file.file_descriptor_proto().source_code_info.as_ref();
        let location = source.and_then(|source| source.location.iter().find(|location| location.path == path));
        Self::read(location.map_or("", prost_types::source_code_info::Location::leading_comments))
    }

    fn read(text: &str) -> Self {
        let paragraphs = text.split("\n\n").flat_map(|part| part.split("\n \n"));
        let joined = paragraphs.map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
        Self(joined.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"))
    }

    /// Everything that is said.
    pub fn whole(&self) -> &str {
        &self.0
    }

    /// The first sentence that tells what the thing is, without its full stop; the words of AIP-203 before it are not
    /// one.
    pub fn summary(&self) -> String {
        let mut text = self.0.as_str();
        for behaviour in ["Required. ", "Immutable. ", "Identifier. "] {
            text = text.strip_prefix(behaviour).unwrap_or(text);
        }
        let first = text.split("\n\n").next().unwrap_or_default();
        let sentence = first.find(". ").map_or(first, |end| &first[..end]);
        sentence.trim_end_matches('.').to_owned()
    }

    /// Whether a value must be given (AIP-203).
    pub fn says_required(&self) -> bool {
        self.0.starts_with("Required.")
    }

    /// Whether a value comes from the server alone (AIP-203).
    pub fn says_output_only(&self) -> bool {
        self.0.starts_with("Output only.")
    }

    /// Whether it is a resource's name (AIP-203).
    pub fn says_identifier(&self) -> bool {
        self.0.starts_with("Identifier.")
    }

    /// The examples in the comment, each between backticks.
    pub fn samples(&self) -> impl Iterator<Item = &str> {
        self.0.split('`').skip(1).step_by(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_gives_its_summary_and_its_samples() {
        let comment = Comment::read(
            " Required. Immutable. The wording,\n `letterTemplates/{letter_template}`. More.\n\n And `more`.\n",
        );

        assert_eq!(comment.summary(), "The wording, `letterTemplates/{letter_template}`");
        assert_eq!(comment.samples().collect::<Vec<_>>(), ["letterTemplates/{letter_template}", "more"]);
        assert_eq!(
            comment.whole(),
            "Required. Immutable. The wording, `letterTemplates/{letter_template}`. More.\n\nAnd `more`."
        );
        assert!(comment.says_required());
    }
}
