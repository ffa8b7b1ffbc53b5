/** Kinds of venue: the 16 types of the vaccine pass of 6 December 2021, the large stores of 10 January 2022, any other. */
export const VENUE_KINDS = [
  'nightlife',
  'singing-room',
  'indoor-gym',
  'bathhouse',
  'betting-and-casino',
  'restaurant',
  'private-academy',
  'cinema-or-theatre',
  'study-room',
  'multi-room',
  'pc-room',
  'indoor-stadium',
  'museum',
  'party-room',
  'library',
  'massage',
  'large-store',
  'other',
] as const;
export type VenueKind = (typeof VENUE_KINDS)[number];
