//! What clients send, and the rules it must keep. Nothing in here shows itself in `Debug`.

use std::fmt;

use gacp_store::{Role, Violations};
use garde::Validate;
use serde::Deserialize;

use crate::password::{length_of_new, new_password};
use crate::text::text_of;
use crate::{AccountStatus, AddressDraft, Email, Malformed, NationalId, Phone};

/// What a farmer fills in to get an account.
#[derive(Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registration {
    /// Where mail reaches him; unique.
    #[garde(custom(is_email))]
    pub email: String,
    /// 12 to 128 characters, not a common password, without the e-mail or the name.
    #[garde(custom(new_password(&self.email, &self.full_name)))]
    #[cfg_attr(feature = "openapi", schema(format = Password, min_length = 12, max_length = 128))]
    pub password: String,
    /// First and last name.
    #[garde(custom(text_of(1, 120)))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 120))]
    pub full_name: String,
    /// A Thai number, as `+66…` or `0…`; unique.
    #[garde(custom(is_phone))]
    pub phone: String,
    /// 13 digits, separators allowed; unique.
    #[garde(custom(is_national_id))]
    pub national_id: String,
    /// Where he lives.
    #[garde(dive)]
    pub address: Option<AddressDraft>,
    /// What he agrees to.
    #[garde(dive)]
    pub consent: ConsentDraft,
}

/// What somebody agrees to.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentDraft {
    /// The version of the terms.
    #[garde(length(chars, min = 1, max = 32))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 32))]
    pub terms_version: String,
    /// The version of the privacy notice.
    #[garde(length(chars, min = 1, max = 32))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 32))]
    pub privacy_version: String,
}

/// What an administrator fills in for a member of staff.
#[derive(Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffDraft {
    /// Where mail reaches the member; unique.
    #[garde(custom(is_email))]
    pub email: String,
    /// First and last name.
    #[garde(custom(text_of(1, 120)))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 120))]
    pub full_name: String,
    /// Any role but `FARMER`.
    #[garde(custom(staff_role))]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, pattern = "^(REVIEWER|INSPECTOR|APPROVER|FINANCE|ADMIN)$")
    )]
    pub role: Role,
    /// 12 to 128 characters, not a common password, without the e-mail or the name.
    #[garde(custom(new_password(&self.email, &self.full_name)))]
    #[cfg_attr(feature = "openapi", schema(format = Password, min_length = 12, max_length = 128))]
    pub password: String,
}

/// What somebody types to get in: an e-mail address or a national ID, never both.
#[derive(Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginDraft {
    /// The account's e-mail address.
    #[garde(custom(one_name(self.national_id.as_deref())))]
    pub email: Option<String>,
    /// The account's national ID, separators allowed.
    #[garde(skip)]
    pub national_id: Option<String>,
    /// The account's password.
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(format = Password))]
    pub password: String,
}

/// What somebody sends who changes his password.
#[derive(Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    /// The password that the account has.
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(format = Password))]
    pub current_password: String,
    /// 12 to 128 characters, not a common password, without the e-mail or the name.
    #[garde(custom(length_of_new))]
    #[cfg_attr(feature = "openapi", schema(format = Password, min_length = 12, max_length = 128))]
    pub new_password: String,
}

/// What somebody changes of his own account. What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfilePatch {
    /// First and last name.
    #[garde(inner(custom(text_of(1, 120))))]
    pub full_name: Option<String>,
    /// A Thai number, as `+66…` or `0…`; unique.
    #[garde(inner(custom(is_phone)))]
    pub phone: Option<String>,
    /// The whole address.
    #[garde(dive)]
    pub address: Option<AddressDraft>,
}

/// What an administrator changes of an account. What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountPatch {
    /// What the holder may do from now on.
    #[garde(skip)]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = Option<String>,
            pattern = "^(FARMER|REVIEWER|INSPECTOR|APPROVER|FINANCE|ADMIN)$"
        )
    )]
    pub role: Option<Role>,
    /// Whether the account can be used from now on.
    #[garde(skip)]
    pub status: Option<AccountStatus>,
}

macro_rules! hidden_in_debug {
    ($($draft:ident)+) => {$(
        impl fmt::Debug for $draft {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($draft)).finish_non_exhaustive()
            }
        }
    )+};
}

hidden_in_debug! { Registration StaffDraft LoginDraft PasswordChange }

/// Where a text that its rule let through is read, and found wanting after all.
pub(crate) fn at(pointer: &'static str) -> impl FnOnce(Malformed) -> Violations {
    move |malformed| Violations::one(pointer, malformed.code())
}

fn is_email(text: &str, (): &()) -> garde::Result {
    Email::parse(text)?;
    Ok(())
}

fn is_phone(text: &str, (): &()) -> garde::Result {
    Phone::parse(text)?;
    Ok(())
}

fn is_national_id(text: &str, (): &()) -> garde::Result {
    NationalId::parse(text)?;
    Ok(())
}

fn staff_role(role: &Role, (): &()) -> garde::Result {
    if role.is_staff() { Ok(()) } else { Err(garde::Error::new("out-of-range")) }
}

fn one_name(national_id: Option<&str>) -> impl FnOnce(&Option<String>, &()) -> garde::Result {
    move |email, ()| match (email, national_id) {
        (None, None) => Err(garde::Error::new("required")),
        (Some(_), Some(_)) => Err(Malformed::Format.into()),
        (Some(_), None) | (None, Some(_)) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
