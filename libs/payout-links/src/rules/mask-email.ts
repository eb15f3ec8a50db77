/** `d***@xendit.co`: enough to recognise an address, not enough to use it. For logs and errors. */
function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '***' : `${email.slice(0, 1)}***${email.slice(at)}`;
}

/** Masks every address in a longer text. */
export function maskEmails(text: string): string {
  return text.replace(/[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g, maskEmail);
}
