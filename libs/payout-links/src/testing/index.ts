export { signWebhook, type WebhookSignature } from './sign-webhook.js';
export { sendWebhook, type WebhookResponse } from './send-webhook.js';
