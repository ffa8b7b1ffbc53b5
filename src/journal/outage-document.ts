import type { SignedOutage } from './outage-file.ts';
import { outageBody } from './outage-page.ts';

/**
 * The printable page: the built template with the certificate in words, the signed file inside, and the code of the
 * checkpoint. Whatever is said in it is made anew from the signed file when it is opened.
 * @param template the page that the build made
 * @param file what `signOutage` gave
 * @param code an SVG element
 */
export function outageDocument(template: string, file: string, { certificate }: SignedOutage, code: string): string {
  // In a script element only a closing tag could end the JSON early.
  const embedded = file.replaceAll('<', '\\u003c');
  return template
    .replace('<!--certificate-->', () => outageBody(certificate))
    .replace('<!--code-->', () => code)
    .replace('"signed"</script>', () => `${embedded}</script>`);
}
