//! `--demo`: six accounts and a farm in Chiang Mai, to try everything at once.

use std::io::{Write as _, stderr};

use anyhow::Context as _;
use gacp_auth::{Account, ConsentDraft, Email, PasswordHash, Registration, StaffDraft};
use gacp_farms::{
    AddressDraft, AreaDraft, AreaUnit, Crop, Farm, FarmDraft, FarmType, GeometryDraft, PlotDraft,
    PointDraft,
};
use gacp_store::{AccountId, Actor, Attempt, Expected, Role, Target, Violations};
use jiff::Timestamp;
use serde_json::json;

use crate::compose::Services;

/// The password of every demonstration account.
pub const PASSWORD: &str = "demo-Turmeric-2026";

pub(crate) const FARMER: &str = "farmer@demo.example";
const REQUEST: &str = "demo";

const STAFF: [(&str, &str, Role); 5] = [
    ("reviewer@demo.example", "วราภรณ์ แสงทอง", Role::Reviewer),
    ("inspector@demo.example", "ธนากร ศรีวิชัย", Role::Inspector),
    ("approver@demo.example", "กมลชนก อินทร์แก้ว", Role::Approver),
    ("finance@demo.example", "ปิยะ วงศ์สุวรรณ", Role::Finance),
    ("admin@demo.example", "อรุณี จันทร์เพ็ญ", Role::Admin),
];

/// Adds the demonstration accounts and the farm where they are not there yet.
pub async fn seed(services: &Services, now: Timestamp) -> anyhow::Result<()> {
    let email = Email::parse(FARMER)?;
    let farmer = match services.stores.accounts.find_by_email(&email).await? {
        Some(farmer) => farmer,
        None => newcomer(services, now).await?,
    };
    for (email, full_name, role) in STAFF {
        enroll(services, (email, full_name, role), farmer.password(), now).await?;
    }
    Ok(())
}

/// The farmer with his farm.
async fn newcomer(services: &Services, now: Timestamp) -> anyhow::Result<Account> {
    let by = Actor { id: AccountId::at(now), role: Role::Farmer };
    let attempt = Attempt { by, at: now, request_id: REQUEST, once: None };
    let registration = Violations::check(registration());
    let farmer = services.auth.register(&attempt, registration).await?;
    let attempt = Attempt { by, at: now, request_id: REQUEST, once: None };
    let farm: Farm = services.farms.register(&attempt, Violations::check(farm())).await?;
    let target = Target { id: farm.id(), expected: Expected::Any };
    for plot in plots() {
        services.farms.add_plot(&attempt, &target, Violations::check(plot)).await?;
    }
    Ok(farmer)
}

/// Staff share the farmer's password hash: hashing it once more for each would only cost time.
async fn enroll(
    services: &Services,
    (email, full_name, role): (&str, &str, Role),
    password: &PasswordHash,
    now: Timestamp,
) -> anyhow::Result<()> {
    if services.stores.accounts.find_by_email(&Email::parse(email)?).await?.is_some() {
        return Ok(());
    }
    let draft = StaffDraft {
        email: email.to_owned(),
        full_name: full_name.to_owned(),
        role,
        password: PASSWORD.to_owned(),
    };
    let id = AccountId::at(now);
    let account = Account::enroll(id, Violations::check(draft)?, password.clone(), now)?;
    let by = Actor { id, role };
    let attempt = Attempt { by, at: now, request_id: REQUEST, once: None };
    let entry = attempt.entry(account.subject(), "enrolled");
    let change = attempt.change(vec![entry], &account);
    let created = services.stores.accounts.create(&account, &change).await;
    created.context("a demonstration account is refused")
}

fn registration() -> Registration {
    Registration {
        email: FARMER.to_owned(),
        password: PASSWORD.to_owned(),
        full_name: "สมศรี บุญมา".to_owned(),
        phone: "053000001".to_owned(),
        national_id: "3509900000013".to_owned(),
        address: None,
        consent: ConsentDraft { terms_version: "demo".into(), privacy_version: "demo".into() },
    }
}

fn farm() -> FarmDraft {
    FarmDraft {
        name: "สวนสมุนไพรแม่ริม".to_owned(),
        farm_type: FarmType::Outdoor,
        address: AddressDraft {
            house_no: "128".into(),
            moo: Some("3".into()),
            soi: None,
            road: None,
            tambon: "แม่แรม".into(),
            amphoe: "แม่ริม".into(),
            changwat: "เชียงใหม่".into(),
            postal_code: "50180".into(),
        },
        location: PointDraft { r#type: "Point".into(), coordinates: vec![98.8911, 18.9142] },
        declared_area: AreaDraft { value: 10.0, unit: AreaUnit::Rai },
    }
}

fn plots() -> [PlotDraft; 2] {
    let square = |west: f64, south: f64| {
        let (east, north) = (west + 0.0009, south + 0.0008);
        json!([[[west, south], [east, south], [east, north], [west, north], [west, south]]])
    };
    let plot = |name: &str, crop, coordinates| PlotDraft {
        name: name.to_owned(),
        crop,
        method: Some("อินทรีย์".to_owned()),
        boundary: GeometryDraft { r#type: "Polygon".into(), coordinates },
        declared_area: None,
    };
    [
        plot("แปลงกัญชา", Crop::Cannabis, square(98.8911, 18.9142)),
        plot("แปลงขมิ้นชัน", Crop::Turmeric, square(98.8923, 18.9142)),
    ]
}

/// What to type, on standard error: standard output is for the log. In one piece, as both may be
/// the same file: a line of the log between two pieces would be none.
pub fn explain(base: &str) {
    let staff = STAFF.iter().map(|(email, ..)| *email);
    let accounts: Vec<&str> = std::iter::once(FARMER).chain(staff).collect();
    let text = format!(
        "\nDemonstration accounts, password {PASSWORD}:\n  {}\n\nTry:\n  \
         curl -s {base}/api/auth/login -H 'Content-Type: application/json' \\\n    \
         -d '{{\"email\":\"{FARMER}\",\"password\":\"{PASSWORD}\"}}'\n  \
         curl -s {base}/api/standards\n  curl -s {base}/health/ready\n\n",
        accounts.join("\n  "),
    );
    // Who started it without one does not read it.
    let _ = stderr().write_all(text.as_bytes());
}
