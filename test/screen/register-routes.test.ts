import { describe, expect, it } from 'vitest';
import { err, ok, type Result } from '../../src/base/result.ts';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { parseDistrict } from '../../src/register/district.ts';
import type { Receipt } from '../../src/register/register.ts';
import { districtOf, PROVINCES } from '../../src/screen/districts.ts';
import { registerRoutes } from '../../src/screen/register-routes.ts';
import type { Reply } from '../../src/screen/route.ts';

const RECEIPT: Receipt = { authority: '종로구보건소', fingerprint: 'print', deletedAt: '2022-01-10T03:00:00.000Z' };
const PHONE = '010-1234-5678';

function desk(answer: () => Result<Receipt, string>) {
  const time = new SimulatedTime(0);
  const told: string[] = [];
  const [route] = registerRoutes(
    {
      registerVisitor(phone, district) {
        told.push(`${phone} ${district}`);
        return Promise.resolve(answer());
      },
    },
    time,
  );
  if (route?.kind !== 'action') throw new Error('the route is no action');
  const post = async (body: unknown): Promise<Reply> => route.reply(body);
  return { time, told, post };
}

describe('a visitor at the page of the register', () => {
  it('is told to whom the number was sealed, and nothing of the number', async () => {
    const { post, told } = desk(() => ok(RECEIPT));
    const reply = await post({ phone: PHONE, district: '서울 종로구' });
    expect(reply.status).toBe(200);
    expect(JSON.parse(String(reply.body))).toEqual(RECEIPT);
    expect(told).toEqual([`${PHONE} 서울 종로구`]);
  });

  it('may correct a number at once, and nobody fills the register with made-up ones', async () => {
    const answers: Result<Receipt, string>[] = [err('wrong'), ok(RECEIPT), ok(RECEIPT)];
    const { time, post, told } = desk(() => answers[told.length - 1] ?? err('none'));
    const visit = { phone: PHONE, district: '서울' };
    expect((await post(visit)).status).toBe(409);
    expect((await post(visit)).status).toBe(200);
    expect((await post(visit)).status).toBe(429);
    time.advance(1_999);
    expect((await post(visit)).status).toBe(429);
    time.advance(1);
    expect((await post(visit)).status).toBe(200);
    expect(told).toHaveLength(3);
  });

  it('one after the other: a second waits while the first is being sealed', async () => {
    const { post } = desk(() => ok(RECEIPT));
    const visit = { phone: PHONE, district: '서울' };
    const both = await Promise.all([post(visit), post(visit)]);
    expect(both.map(({ status }) => status)).toEqual([200, 429]);
  });

  it.each([null, [], 'text', {}, { phone: 1, district: '서울' }, { phone: PHONE }, { __proto__: { phone: PHONE } }])(
    'leaves nothing with %j',
    async (body) => {
      const { post, told } = desk(() => ok(RECEIPT));
      expect((await post(body)).status).toBe(400);
      expect(told).toEqual([]);
    },
  );
});

describe('the districts to choose from', () => {
  it('are all that the register takes, and none stands there twice', () => {
    const all = PROVINCES.flatMap((province) => [
      districtOf(province, null),
      ...province.districts.map((district) => districtOf(province, district)),
    ]);
    expect(all.filter((district) => !parseDistrict(district).ok)).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
  });

  // 17 cities and provinces; 226 cities, counties and districts beside Sejong and the two cities of Jeju.
  it('are those of the whole country', () => {
    expect(PROVINCES).toHaveLength(17);
    expect(PROVINCES.reduce((sum, { districts }) => sum + districts.length, 0)).toBe(226 + 1 + 2);
  });
});
