//! The passwords that are tried first.

use gacp_keys::sha256;

use super::MIN_PASSWORD_CHARS;
use crate::text::folded;

/// How much of a digest is kept: 64 bits, so that of 10¹⁵ other passwords one is taken for one of
/// the list.
const DIGEST_BYTES: usize = 8;

/// The digests in ascending order. `README.md` beside it says of which lists, and how it is made.
static LIST: &[u8] = include_bytes!("common.bin");

/// What stands for a password in the list of common ones: the first 64 bits of the SHA-256 of its
/// NFC in lower case. Nothing for one of fewer than [`MIN_PASSWORD_CHARS`] characters, which is
/// refused anyway.
pub fn common_password_digest(password: &str) -> Option<[u8; DIGEST_BYTES]> {
    let password = folded(password);
    let is_long = password.chars().nth(MIN_PASSWORD_CHARS - 1).is_some();
    let digest = sha256(password.as_bytes());
    digest.first_chunk().copied().filter(|_| is_long)
}

/// Whether a password is in the list of common ones.
pub(super) fn is_common(password: &str) -> bool {
    let (digests, _) = LIST.as_chunks();
    common_password_digest(password).is_some_and(|digest| digests.binary_search(&digest).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that were compiled for this platform, one of the sources of the list.
    const OF_THIS_PLATFORM: &str = include_str!("common.txt");

    #[test]
    fn the_list_is_as_large_as_its_documentation_says() {
        let (digests, rest) = LIST.as_chunks::<DIGEST_BYTES>();

        assert_eq!((digests.len(), rest.len()), (12_516, 0));
        assert!(digests.is_sorted_by(|a, b| a < b), "in ascending order, each once");
    }

    #[test]
    fn what_was_compiled_for_this_platform_is_in_the_list() {
        for password in OF_THIS_PLATFORM.lines() {
            assert!(password.chars().count() >= MIN_PASSWORD_CHARS, "{password}");
            assert_eq!(folded(password), password);
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_leads_public_lists_is_in_the_list_whatever_its_case() {
        for password in [
            "123456789012",
            "1q2w3e4r5t6y",
            "QwertyQwerty",
            "Unbelievable",
            "PASSWORDPASSWORD",
            "iloveyou1234",
            "manchesterunited",
            "michaeljackson",
            "1qaz2wsx3edc",
            "qazwsxedcrfv",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_nobody_else_has_is_not_in_the_list() {
        for password in [
            "correct-rice-battery",
            "demo-Turmeric-2026",
            "ข้าวหอมมะลิทุ่งกุลา",
            "three blue buffaloes",
            "vK7#pQ2!xL9@",
            "แม่ปลูกขมิ้นหลังบ้าน",
            "password",
            "",
        ] {
            assert!(!is_common(password), "{password}");
        }
    }
}
