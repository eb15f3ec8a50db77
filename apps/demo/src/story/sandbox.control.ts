/** One e-mail that the sandbox would have sent. */
interface Email {
  payoutId: string;
  passcode: string;
}

/** How the sandbox sends webhooks. */
export interface WebhookSettings {
  url: string;
  drop: number;
}

/** The other side of the demo: recipients who claim, time that passes, webhooks that get lost. */
export class SandboxControl {
  constructor(private readonly url: string) {}

  /** The passcodes by the provider's id of the link. */
  async passcodes(): Promise<Map<string, string>> {
    const emails = (await this.request('GET', '/_sandbox/emails')) as Email[];
    return new Map(emails.map(({ payoutId, passcode }) => [payoutId, passcode]));
  }

  /** Submits the recipient's page as a browser would. */
  async claim(payoutUrl: string, passcode: string, accountNumber: string): Promise<void> {
    const response = await fetch(payoutUrl, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        passcode,
        bank_code: 'BCA',
        account_number: accountNumber,
        account_holder_name: 'Siti Rahayu',
      }),
    });
    // 303 redirects to the result; 422 shows the form again, for a wrong passcode for instance.
    if (response.status !== 303 && response.status !== 422) {
      throw new Error(`the claim page responded with HTTP ${response.status}`);
    }
  }

  async now(): Promise<Date> {
    return new Date(((await this.request('GET', '/_sandbox/clock')) as { now: string }).now);
  }

  async setClock(now: Date): Promise<void> {
    await this.request('POST', '/_sandbox/clock', { now: now.toISOString() });
  }

  /** Changes the given settings; returns the previous ones. */
  async setWebhooks(settings: Partial<WebhookSettings>): Promise<WebhookSettings> {
    const { url, drop } = (await this.request('POST', '/_sandbox/webhooks', {})) as WebhookSettings;
    await this.request('POST', '/_sandbox/webhooks', settings);
    return { url, drop };
  }

  private async request(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`the sandbox responded with HTTP ${response.status} to ${method} ${path}`);
    return response.json();
  }
}
