/** A phone with the Home Assistant app, as much of it as notifications need: it gets pushes and taps their buttons. */
import type { Api, Fields } from './api.ts';

export interface Push {
  title?: string;
  message: string;
  data: Fields & { tag: string; actions?: readonly { action: string; title: string }[] };
}

export interface Phone {
  /** Its id in the registry of devices. */
  device: string;
  pushes(): readonly Push[];
  /** To be called after Home Assistant was started again. */
  connect(): Promise<void>;
  tap(action: string): Promise<void>;
}

export async function openPhone(api: Api, name: string): Promise<Phone> {
  const { webhook_id } = (await api.post('/api/mobile_app/registrations', {
    device_id: name,
    app_id: 'io.homeassistant.companion.android',
    app_name: 'Home Assistant',
    app_version: '2025.10.0',
    device_name: name,
    manufacturer: 'Test',
    model: 'Phone',
    os_name: 'Android',
    os_version: '16',
    supports_encryption: false,
    app_data: { push_websocket_channel: true },
  })) as Fields;
  const pushes: Push[] = [];
  const connect = () =>
    api.hear('mobile_app/push_notification_channel', { webhook_id, support_confirm: true }, (event) => {
      const { hass_confirm_id: confirm_id, ...push } = event;
      pushes.push(push as unknown as Push);
      // One that is not confirmed would be sent by the cloud, which this phone has none of.
      api.ask('mobile_app/push_notification_confirm', { webhook_id, confirm_id }).catch((error: Error) => {
        if (!error.message.includes('is closed')) throw error;
      });
    });
  await connect();
  const devices = (await api.ask('config/device_registry/list')) as readonly Fields[];
  const device = devices.find((one) => one.name === name);
  return {
    device: String(device?.id),
    pushes: () => pushes,
    connect,
    async tap(action) {
      await api.post(`/api/webhook/${webhook_id}`, {
        type: 'fire_event',
        data: { event_type: 'mobile_app_notification_action', event_data: { action } },
      });
    },
  };
}
