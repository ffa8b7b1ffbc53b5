/** What a device is doing: `lost` comes back by itself, `fault` needs a hand, `absent` was never configured. */
export type DeviceCondition = 'ready' | 'lost' | 'fault' | 'absent';

/** `detail` is one sentence for the technician: what is wrong and what to do; empty when all is well. */
export interface DeviceStatus {
  readonly state: DeviceCondition;
  readonly detail: string;
}
