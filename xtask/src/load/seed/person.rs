//! Somebody, out of a seed: valid in every rule, and another than everybody else of that seed.

use serde_json::{Value, json};

use super::super::draw::Draw;
use crate::bodies;
use crate::people::national_id;

/// The password of everybody who is made.
pub(super) const PASSWORD: &str = "Turmeric-Rai-Load-Basil";

const FIRST_NAMES: [&str; 16] = [
    "สมชาย",
    "สมหญิง",
    "มาลี",
    "วิชัย",
    "ประเสริฐ",
    "สุนีย์",
    "อำไพ",
    "บุญมี",
    "ทองดี",
    "จันทร์เพ็ญ",
    "คำแก้ว",
    "ศรีวรรณ",
    "นิพนธ์",
    "ปราณี",
    "ดวงใจ",
    "ไพโรจน์",
];
const LAST_NAMES: [&str; 12] = [
    "แก้วมณี",
    "ศรีสุข",
    "ใจดี",
    "วงศ์ใหญ่",
    "ทองคำ",
    "บุญเรือง",
    "สายทอง",
    "อินทร์แก้ว",
    "พรหมมา",
    "ปัญญาดี",
    "ชัยวงศ์",
    "เชื้อเมืองพาน",
];

/// Numbers have eight digits: room for so many people of so many seeds beside each other.
const PER_SEED: u64 = 1_000_000;
const SEEDS: u64 = 90;

/// A farmer to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// Counted from 0.
    pub(super) nth: u32,
    seed: u64,
    full_name: String,
}

impl Person {
    pub(super) fn of(seed: u64, nth: u32) -> Self {
        let mut draw = Draw::of(seed, nth.into());
        let mut name = |names: &[&str]| draw.one_of(names).copied().unwrap_or_default().to_owned();
        let full_name = format!("{} {}", name(&FIRST_NAMES), name(&LAST_NAMES));
        Self { nth, seed, full_name }
    }

    /// Of everybody of every seed that can be told apart: at most eight digits.
    fn number(&self) -> u64 {
        (self.seed % SEEDS) * PER_SEED + u64::from(self.nth)
    }

    pub(super) fn email(&self) -> String {
        format!("farmer{}.{:07}@load.example", self.seed, self.nth)
    }

    pub(super) fn credentials(&self) -> Value {
        json!({"email": self.email(), "password": PASSWORD})
    }

    /// What she fills in to register.
    pub(super) fn registration(&self) -> Value {
        let number = self.number();
        json!({
            "email": self.email(),
            "password": PASSWORD,
            "fullName": self.full_name,
            "phone": format!("09{number:08}"),
            "nationalId": national_id(300_000_000_000 + number),
            "address": bodies::address(),
            "consent": {"termsVersion": "2026-01", "privacyVersion": "2026-01"},
        })
    }

    /// What her farm is called.
    pub(super) fn farm_name(&self) -> String {
        format!("สวนสมุนไพร {} {}", self.full_name, self.nth)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gacp_auth::Registration;
    use garde::Validate;

    use super::{Draw, Person};

    #[test]
    fn everybody_is_valid_and_nobody_is_there_twice() {
        let nths = (0..200).chain([54_321, 999_998, 999_999]);
        let bodies: Vec<_> = nths.map(|nth| Person::of(42, nth).registration()).collect();

        for field in ["email", "phone", "nationalId"] {
            let values: BTreeSet<_> = bodies.iter().map(|it| it[field].to_string()).collect();
            assert_eq!(values.len(), bodies.len(), "{field}");
        }
        for body in bodies {
            let draft: Registration = serde_json::from_value(body.clone()).unwrap();
            assert!(draft.validate().is_ok(), "{body}");
        }
    }

    #[test]
    fn a_seed_makes_the_same_people_again() {
        let of = |seed| (0..50).map(|nth| Person::of(seed, nth)).collect::<Vec<_>>();

        assert_eq!(of(7), of(7));
        assert_ne!(of(7)[3].registration(), of(8)[3].registration());
        assert_ne!(Draw::of(7, 1).number(), Draw::of(8, 1).number());
    }
}
