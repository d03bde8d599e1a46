/**
 * What the handlers ask of the rest of the application: fill these in. An event may be handled again after a
 * failure or a crash, so let each of them do its work once per order, customer or id.
 */

/** Sends a mail. */
export async function sendMail(mail: { readonly to: string; readonly subject: string }): Promise<void> {
  console.log("mail to send:", mail.subject);
}

/** Takes what was ordered from stock. */
export async function takeFromStock(orderId: string): Promise<void> {
  console.log("stock to take for order", orderId);
}

/** Tells whoever is on duty. */
export async function sendAlert(alert: { readonly id: string; readonly text: string }): Promise<void> {
  console.warn("alert:", alert.text);
}
