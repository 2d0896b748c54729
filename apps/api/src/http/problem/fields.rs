//! What is wrong with a single field, in two languages.

use super::Language;

/// What a field code says.
#[derive(Debug, Clone, Copy)]
struct Row {
    code: &'static str,
    en: &'static str,
    /// With the bound in place of `{limit}`.
    en_limit: &'static str,
    th: &'static str,
    th_limit: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        code: "required",
        en: "This field is required.",
        en_limit: "This field is required.",
        th: "จำเป็นต้องกรอกช่องนี้",
        th_limit: "จำเป็นต้องกรอกช่องนี้",
    },
    Row {
        code: "too-short",
        en: "This is too short.",
        en_limit: "This is too short: the least is {limit}.",
        th: "สั้นหรือน้อยเกินไป",
        th_limit: "สั้นหรือน้อยเกินไป ต้องมีอย่างน้อย {limit}",
    },
    Row {
        code: "too-long",
        en: "This is too long.",
        en_limit: "This is too long: the most is {limit}.",
        th: "ยาวหรือมากเกินไป",
        th_limit: "ยาวหรือมากเกินไป ต้องไม่เกิน {limit}",
    },
    Row {
        code: "out-of-range",
        en: "This is outside the allowed range.",
        en_limit: "This is outside the allowed range, which ends at {limit}.",
        th: "ค่าอยู่นอกช่วงที่กำหนด",
        th_limit: "ค่าอยู่นอกช่วงที่กำหนด ขอบเขตคือ {limit}",
    },
    Row {
        code: "invalid-format",
        en: "This does not have the form or value that is expected here.",
        en_limit: "This does not have the form or value that is expected here ({limit}).",
        th: "รูปแบบหรือค่าไม่ถูกต้อง",
        th_limit: "รูปแบบหรือค่าไม่ถูกต้อง ({limit})",
    },
    Row {
        code: "invalid-checksum",
        en: "The check digit does not fit; there is probably a typo.",
        en_limit: "The check digit does not fit; there is probably a typo.",
        th: "เลขตรวจสอบไม่ถูกต้อง อาจพิมพ์ผิด",
        th_limit: "เลขตรวจสอบไม่ถูกต้อง อาจพิมพ์ผิด",
    },
    Row {
        code: "not-unique",
        en: "The same thing appears more than once.",
        en_limit: "The same thing appears more than once.",
        th: "มีรายการซ้ำกัน",
        th_limit: "มีรายการซ้ำกัน",
    },
    Row {
        code: "unknown-field",
        en: "This field is not known here.",
        en_limit: "This field is not known here.",
        th: "ระบบไม่รู้จักช่องนี้",
        th_limit: "ระบบไม่รู้จักช่องนี้",
    },
    Row {
        code: "duplicate-key",
        en: "This key appears more than once.",
        en_limit: "This key appears more than once.",
        th: "คีย์นี้ปรากฏมากกว่าหนึ่งครั้ง",
        th_limit: "คีย์นี้ปรากฏมากกว่าหนึ่งครั้ง",
    },
    Row {
        code: "wrong-type",
        en: "This value is of the wrong type.",
        en_limit: "This value is of the wrong type.",
        th: "ชนิดของข้อมูลไม่ถูกต้อง",
        th_limit: "ชนิดของข้อมูลไม่ถูกต้อง",
    },
];

/// What a field code says; one that is not in the table says nothing in particular.
pub(super) fn detail(code: &str, limit: Option<&str>, language: Language) -> String {
    let Some(row) = ROWS.iter().find(|row| row.code == code) else {
        return match language {
            Language::English => "This is not right.".to_owned(),
            Language::Thai => "ข้อมูลไม่ถูกต้อง".to_owned(),
        };
    };
    match (language, limit) {
        (Language::English, None) => row.en.to_owned(),
        (Language::English, Some(limit)) => row.en_limit.replace("{limit}", limit),
        (Language::Thai, None) => row.th.to_owned(),
        (Language::Thai, Some(limit)) => row.th_limit.replace("{limit}", limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_code_of_the_contract_has_its_own_words_in_both_languages() {
        let codes = "required too-short too-long out-of-range invalid-format invalid-checksum \
                     not-unique unknown-field duplicate-key wrong-type";

        for code in codes.split_whitespace() {
            let en = detail(code, None, Language::English);
            let th = detail(code, None, Language::Thai);
            assert!(en.is_ascii() && en != detail("?", None, Language::English), "{code}");
            assert!(!th.is_ascii() && th != detail("?", None, Language::Thai), "{code}");
        }
    }

    #[test]
    fn a_bound_is_named_where_there_is_one() {
        assert!(detail("too-long", Some("120"), Language::English).contains("120"));
        assert!(detail("too-long", Some("120"), Language::Thai).contains("ไม่เกิน 120"));
    }
}
