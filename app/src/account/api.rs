//! The doors of getting in and out.

use domain::account::PasswordReset;
use domain::person::Role;
use serde::{Deserialize, Serialize};

use crate::api::doors;
use crate::error::AppError;

#[cfg(feature = "ssr")]
use {
    crate::session::{backend, give_cookie, signed_in, take_cookie, token, visit},
    backend::{invitations, passwords, sessions, setup},
};

/// What an invitation says to whoever follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub email: String,
    pub role: Role,
}

doors! {
    /// Whether the installation still lacks its first admin.
    "needs_setup" pub async fn needs_setup() -> Result<bool, AppError> {
        Ok(setup::is_needed(&backend()?).await?)
    }

    /// Makes the first admin and signs them in. Works once.
    "create_admin" pub async fn create_admin(name: String, email: String, password: String) -> Result<(), AppError> {
        let backend = backend()?;
        setup::create_admin(&backend, &name, &email, &password).await?;
        let (_, token) = sessions::sign_in(&backend, &email, &password, &visit()?.client).await?;
        give_cookie(&token.to_string())
    }

    /// Begins a session.
    "sign_in" pub async fn sign_in(email: String, password: String) -> Result<(), AppError> {
        let (_, token) = sessions::sign_in(&backend()?, &email, &password, &visit()?.client).await?;
        give_cookie(&token.to_string())
    }

    /// Ends this browser's session.
    "sign_out" pub async fn sign_out() -> Result<(), AppError> {
        if let Some(token) = token().await? {
            sessions::sign_out(&backend()?, &token).await?;
        }
        take_cookie()
    }

    /// Ends every session of this person.
    "sign_out_everywhere" pub async fn sign_out_everywhere() -> Result<(), AppError> {
        let me = signed_in().await?;
        sessions::sign_out_everywhere(&backend()?, &me).await?;
        take_cookie()
    }

    /// Changes one's own password; every other session of this person ends.
    "change_password" pub async fn change_password(current: String, new: String) -> Result<(), AppError> {
        let me = signed_in().await?;
        let token = token().await?.ok_or(AppError::SignIn)?;
        Ok(passwords::change(&backend()?, &me, &token, &visit()?.client, &current, &new).await?)
    }

    /// Whose password the link of `token` resets; `None` when it was used, replaced or never was.
    "find_password_reset" pub async fn find_password_reset(token: String) -> Result<Option<PasswordReset>, AppError> {
        Ok(passwords::find_reset(&backend()?, &token).await?)
    }

    /// Gives the link's person a new password and signs them in.
    "reset_password" pub async fn reset_password(token: String, password: String) -> Result<(), AppError> {
        let backend = backend()?;
        let person = passwords::follow_reset(&backend, &token, &password).await?;
        let (_, token) = sessions::sign_in(&backend, &person.email, &password, &visit()?.client).await?;
        give_cookie(&token.to_string())
    }

    /// What the invitation `token` says; `None` when it was used, revoked or never was.
    "find_invitation" pub async fn find_invitation(token: String) -> Result<Option<Invited>, AppError> {
        let invitation = invitations::find(&backend()?, &token).await?;
        Ok(invitation.map(|invitation| Invited { email: invitation.email, role: invitation.role }))
    }

    /// Makes the invited person and signs them in.
    "accept_invitation" pub async fn accept_invitation(token: String, name: String, password: String) -> Result<(), AppError> {
        let backend = backend()?;
        let person = invitations::accept(&backend, &token, &name, &password).await?;
        let (_, token) = sessions::sign_in(&backend, &person.email, &password, &visit()?.client).await?;
        give_cookie(&token.to_string())
    }
}
