#!/usr/bin/env python3
"""The second verifier of a kiosk's log: Python's standard library and RFC 8032, nothing of the first one.

verify_log.py FOLDER [--from SEQ] [--key VKEY]... [--witness FILE]... [--witness-key VKEY]...

FOLDER is what `munjigi journal export` wrote. Prints one JSON object; exit code 0 if nothing is wrong, 1 if something
is, 2 if it cannot be read.
"""
import argparse
import base64
import binascii
import datetime
import hashlib
import json
import pathlib
import re
import sys

LOG, COSIGNER = 1, 4
MAX_NOTE, MAX_SIGNATURES, MAX_LISTED = 16384, 64, 100
TOLERANCE_MS = 10 * 60 * 1000
SAFE = 2**53 - 1
LAST_MS = 253402300799999
MAX_DEPTH, MAX_ITEMS, MAX_HASHES = 16, 1024, 63
# What ECMAScript calls white space, which is not what Python does.
SPACE = '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'
CODE, MAX_CODE = 'MJC1:', 8192
BASE45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

# --- RFC 8032, section 6: Ed25519 ------------------------------------------------------------------------------------
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if xx == 0:
        return None if sign else 0
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * ROOT_M1 % P
    if (x * x - xx) % P:
        return None
    return P - x if (x & 1) != sign else x


def add(a, b):
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - t, z + t, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def decode_point(raw):
    y = int.from_bytes(raw, 'little')
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))


def is_weak(public):
    """A point of low order, however it is spelled: signatures hold under it that no secret has made."""
    y = int.from_bytes(public, 'little') % 2**255 % P
    point = decode_point(y.to_bytes(32, 'little'))
    if point is None:
        return False
    x, y, z, _ = times(8, point)
    return x % P == 0 and (y - z) % P == 0


def ed25519(public, message, signature):
    a, r = decode_point(public), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], 'little')
    if a is None or r is None or s >= Q or len(signature) != 64:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), 'little') % Q
    left, right = times(s, BASE), add(r, times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- C2SP signed-note, tlog-checkpoint, tlog-cosignature -------------------------------------------------------------
class Bad(Exception):
    pass


def unbase64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def is_name(name):
    return name != '' and not any(c in SPACE + '\x85+' for c in name)


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b'\n' + bytes([kind]) + public).digest()[:4]


def read_key(text):
    match = re.fullmatch(r'([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)', text.strip(SPACE))
    raw = unbase64(match[3]) if match else None
    if raw is None or len(raw) != 33 or raw[0] not in (LOG, COSIGNER) or not is_name(match[1]):
        raise Bad(f'no verifier key: {text.strip()[:60]}')
    if key_id(match[1], raw[0], raw[1:]).hex() != match[2]:
        raise Bad('a verifier key is damaged')
    if is_weak(raw[1:]):
        raise Bad('a verifier key is weak')
    return match[1], match[2], raw[0], raw[1:]


def read_note(note):
    if len(note.encode('utf-16-le')) // 2 > MAX_NOTE or re.search('[\x00-\x09\x0b-\x1f]', note):
        return None
    end = note.rfind('\n\n')
    if end < 1 or not note.endswith('\n'):
        return None
    lines = note[end + 2 : -1].split('\n')
    if len(lines) > MAX_SIGNATURES:
        return None
    signatures = []
    for line in lines:
        parts = line.split(' ')
        raw = unbase64(parts[2]) if len(parts) == 3 and parts[0] == '—' and is_name(parts[1]) else None
        if raw is None or len(raw) <= 4:
            return None
        signatures.append((parts[1], raw[:4].hex(), raw[4:]))
    return note[: end + 1], signatures


def read_checkpoint(text):
    lines = text[:-1].split('\n')
    if len(lines) < 3 or lines[0] == '' or not re.fullmatch(r'0|[1-9][0-9]{0,15}', lines[1]) or '' in lines[3:]:
        return None
    root = unbase64(lines[2])
    if root is None or len(root) != 32 or int(lines[1]) > SAFE:
        return None
    return lines[0], int(lines[1]), root, lines[3:]


def millis(text):
    try:
        at = datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%S.%fZ').replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        return None
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (at - epoch) // datetime.timedelta(milliseconds=1)


def made_at(extensions):
    for line in extensions:
        match = re.fullmatch(r'time ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z) (trusted|unsure)', line)
        at = millis(match[1]) if match else None
        if at is not None and at >= 0:
            return at if match[2] == 'trusted' else None
    return None


def judge(note, whose, keys, witness_keys):
    """The head that a note vouches for, or the problem with it."""
    read = read_note(note)
    head = read_checkpoint(read[0]) if read else None
    if head is None:
        return None, (f'{whose}-unreadable', None, None)
    text, signatures = read
    origin, size, root, extensions = head
    known = [k for k in keys if k[0] == origin and k[2] == LOG] + [k for k in witness_keys if k[2] == COSIGNER]
    signed, cosigned, by = False, [], set()
    for name, ident, raw in signatures:
        key = next((k for k in known if k[0] == name and k[1] == ident), None)
        if key is None:
            continue
        if key[2] == LOG:
            good = len(raw) == 64 and ed25519(key[3], text.encode(), raw)
            signed = True
        else:
            at = int.from_bytes(raw[:8], 'big')
            message = f'cosignature/v1\ntime {at}\n{text}'.encode()
            good = len(raw) == 72 and at <= LAST_MS // 1000 and ed25519(key[3], message, raw[8:])
            cosigned.append(at * 1000)
            by.add(name)
        if not good:
            return None, (f'{whose}-forged', size, size)
    if not signed:
        return None, (f'{whose}-foreign', size, size)
    cosigned = min(cosigned, default=None)
    return dict(origin=origin, size=size, root=root, made=made_at(extensions), cosigned=cosigned, by=by), None


def unused_keys(notes, witness_keys):
    read = [read_note(note) for note in notes]
    signers = {(name, ident) for each in read if each for name, ident, _ in each[1]}
    return [f'{k[0]}+{k[1]}' for k in witness_keys if k[2] != COSIGNER or k[:2] not in signers]


def split_notes(text):
    blocks = re.split(r'\n{2,}', text.replace('\r\n', '\n').strip('\n'))
    pairs = [(blocks[i], blocks[i + 1] if i + 1 < len(blocks) else '') for i in range(0, len(blocks), 2)]
    return [f'{text}\n\n{signatures}\n' for text, signatures in pairs if text != '']


def base45(text):
    """RFC 9285; None for what no encoder writes."""
    digits = [BASE45.find(character) for character in text]
    out = bytearray()
    for at in range(0, len(digits), 3):
        group = digits[at:at + 3]
        value = sum(digit * 45**place for place, digit in enumerate(group))
        if -1 in group or len(group) == 1 or value >= 256 ** (len(group) - 1):
            return None
        out += value.to_bytes(len(group) - 1, 'big')
    return bytes(out)


def note_in_code(line):
    """The note in one line of a checkpoint code: a verifier key, perhaps a consistency proof, the note."""
    packed = base45(line[len(CODE):]) if line.startswith(CODE) and len(line) <= MAX_CODE else None
    try:
        key, end, body = packed.decode('utf-8').partition('\n') if packed is not None else ('', '', '')
        read_key(key if end else '')
    except (Bad, UnicodeDecodeError):
        return None
    return note_after_proof(body) if re.match(r'old [0-9]', body) else body


def note_after_proof(body):
    """The note behind a consistency proof: the older size, a hash a line, a blank line."""
    proof, blank, note = body.partition('\n\n')
    first, *lines = proof.split('\n')
    match = re.fullmatch(r'old (0|[1-9][0-9]{0,15})', first)
    good = blank and match and int(match[1]) <= SAFE and hashes_in(lines) is not None
    return note if good else None


def hashes_in(lines):
    hashes = [unbase64(line) for line in lines]
    return hashes if len(lines) <= MAX_HASHES and all(h is not None and len(h) == 32 for h in hashes) else None


def notes_in(text):
    codes, rest = [], []
    for line in text.split('\n'):
        note = note_in_code(line.rstrip(SPACE))
        (rest if note is None else codes).append(line if note is None else note)
    return codes + split_notes('\n'.join(rest))


# --- RFC 6962: the tree ----------------------------------------------------------------------------------------------
def parent(left, right):
    return hashlib.sha256(b'\x01' + left + right).digest()


class Tree:
    """Peaks of complete subtrees with their widths, as in a binary counter."""

    def __init__(self, size=0, hashes=()):
        widths = [1 << bit for bit in range(size.bit_length()) if size >> bit & 1][::-1]
        if len(widths) != len(hashes):
            raise Bad('start.txt holds too many or too few hashes')
        self.size, self.peaks = size, list(zip(widths, hashes))

    def push(self, entry):
        width, node = 1, hashlib.sha256(b'\x00' + entry).digest()
        while self.peaks and self.peaks[-1][0] == width:
            node = parent(self.peaks.pop()[1], node)
            width *= 2
        self.peaks.append((width, node))
        self.size += 1

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b'').digest()
        node = self.peaks[-1][1]
        for _, left in self.peaks[-2::-1]:
            node = parent(left, node)
        return node


# --- entries ---------------------------------------------------------------------------------------------------------
def no_float(text):
    raise ValueError(text)


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_count(value):
    return whole(value) and 0 <= value <= SAFE


def in_limits(value):
    """Whole numbers that every language can write, and no more levels, members and elements than a kiosk reads."""
    items, level = 0, [value]
    for _ in range(MAX_DEPTH + 1):
        inside = []
        for each in level:
            if isinstance(each, (dict, list)):
                items += len(each)
                inside.append(each)
            elif whole(each) and not -SAFE <= each <= SAFE:
                return False
        if not inside:
            return items <= MAX_ITEMS
        level = [member for each in inside for member in (each.values() if isinstance(each, dict) else each)]
    return False


def sorted_names(value):
    """RFC 8785: names in the order of their UTF-16 units, which is not that of their characters."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode('utf-16-be', 'surrogatepass'))
        return {name: sorted_names(value[name]) for name in names}
    return [sorted_names(member) for member in value] if isinstance(value, list) else value


def read_entry(raw):
    try:
        text = raw.decode('utf-8')
        entry = json.loads(text, parse_float=no_float, parse_constant=no_float)
        if not in_limits(entry):
            return None
        spelled = json.dumps(sorted_names(entry), separators=(',', ':'), ensure_ascii=False).encode('utf-8')
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or spelled != raw:
        return None
    good = (
        entry.get('v') == 1 and whole(entry.get('v'))
        and is_count(entry.get('seq')) and is_count(entry.get('monoMs'))
        and is_count(entry.get('wallMs')) and entry['wallMs'] <= LAST_MS
        and isinstance(entry.get('boot'), str) and isinstance(entry.get('type'), str)
        and entry.get('clock') in ('trusted', 'unsure')
    )
    return entry if good else None


def log_before(entry):
    if entry.get('type') != 'log-continued':
        return None
    good = is_count(entry.get('size')) and isinstance(entry.get('root'), str)
    return dict(size=entry['size'], root=entry['root']) if good else dict(size=None, root=None)


# --- the check -------------------------------------------------------------------------------------------------------
class Line:
    def __init__(self, heads, start):
        self.heads = sorted((h for h in heads if h['size'] >= start), key=lambda h: h['size'])
        self.good, self.agreed, self.differs, self.next = 0, None, None, 0
        self.fits_up_to = self.differs_up_to = 0
        self.by = set()


def sure_time(head):
    return head['made'] if head['cosigned'] is None else head['cosigned']


def earliest(*times):
    return min((at for at in times if at is not None), default=None)


class Unwitnessed:
    """Since when nobody vouches: sure clocks only, and of two times that disagree the earlier."""

    def __init__(self):
        self.at = self.sure = self.vouched = self.size = None

    def entry(self, at):
        self.sure = at
        self.at = at if self.at is None else self.at

    def signed(self, head):
        at = sure_time(head)
        self.sure = self.sure if at is None else at
        self.at = earliest(self.at, at)

    def witnessed(self, head):
        self.vouched = earliest(self.vouched if self.size == head['size'] else None, sure_time(head))
        self.size = head['size']
        self.sure = self.sure if self.vouched is None else self.vouched
        self.at = self.sure


def floors_of(heads):
    """Where a head's time begins to rule, and the time; a head that a later one contradicts rules over nothing."""
    floors = []
    for place, head in enumerate(heads):
        ceiling = earliest(*(sure_time(later) for later in heads[place:]))
        if head['made'] is not None and head['made'] <= ceiling + TOLERANCE_MS:
            floors.append((head['size'], head['made']))
    return floors


def check(lines, start, asked, own, witness, problems, origin):
    tree = start
    begin = tree.size
    found = [('beginning-missing', asked, begin - 1)] if begin > asked else []
    found += problems
    ours, theirs = Line(own, begin), Line(witness, begin)
    by_size = sorted(witness, key=lambda h: h['size'])
    first_at = last_at = None
    last, boots, expected = None, set(), begin
    ruled_out, continues = [], None
    since, signers, floors = Unwitnessed(), [], floors_of(by_size)

    def signed_as(origin):
        if signers and signers[-1]['origin'] == origin:
            signers[-1]['upTo'] = tree.size - 1
            return
        if any(signer['origin'] == origin for signer in signers):
            found.append(('key-returned', tree.size, tree.size))
        behind = signers[-1]['upTo'] + 1 if signers else begin
        signers.append({'origin': origin, 'from': behind, 'upTo': tree.size - 1})

    def compare():
        root = None
        for line, code in ((ours, 'root-differs'), (theirs, 'witness-differs')):
            while line.next < len(line.heads) and line.heads[line.next]['size'] == tree.size:
                head = line.heads[line.next]
                line.next += 1
                root = root or tree.root()
                fits = root == head['root']
                if fits:
                    line.fits_up_to = tree.size
                else:
                    line.differs_up_to = tree.size
                if line.differs is not None:
                    continue
                if fits:
                    line.good += 1
                    line.by = line.by | head['by'] if line.agreed == tree.size else head['by']
                    line.agreed = tree.size
                    (since.signed if line is ours else since.witnessed)(head)
                    signed_as(head['origin'])
                else:
                    line.differs = tree.size
                    found.append((code, begin if line.agreed is None else line.agreed, tree.size - 1))

    compare()
    for raw in lines:
        index, entry = tree.size, read_entry(raw)
        if entry is None:
            found.append(('entry-unreadable', index, index))
            expected += 1
        else:
            if entry['seq'] != expected:
                found.append(('seq-broken', index, index))
            expected = entry['seq'] + 1
            same = last is not None and last['boot'] == entry['boot']
            if entry['monoMs'] < last['monoMs'] if same else entry['boot'] in boots:
                found.append(('stamp-impossible', index, index))
            boots.add(entry['boot'])
            last, last_at = entry, entry['wallMs']
            first_at = last_at if first_at is None else first_at
            if entry['clock'] == 'trusted':
                since.entry(entry['wallMs'])
                floor = max((made for size, made in floors if size <= index), default=None)
                ceiling = earliest(*(sure_time(h) for h in by_size if h['size'] > index))
                early = floor is not None and entry['wallMs'] < floor - TOLERANCE_MS
                late = ceiling is not None and entry['wallMs'] > ceiling + TOLERANCE_MS
                if early or late:
                    ruled_out.append(index)
        if index == 0 and entry is not None:
            continues = log_before(entry)
        tree.push(raw)
        compare()

    size = tree.size
    own_last = ours.heads[-1]['size'] if ours.heads else 0
    witness_last = theirs.heads[-1]['size'] if theirs.heads else 0
    if own_last > size:
        found.append(('log-short', size, own_last - 1))
    if not ours.heads:
        found.append(('no-checkpoint', None, None))
    elif ours.differs is None and own_last < size:
        found.append(('unsigned-tail', own_last, size - 1))
    if witness_last > size:
        found.append(('witness-longer', size, witness_last - 1))
    if theirs.differs is not None and ours.fits_up_to < theirs.differs and ours.differs_up_to > (theirs.agreed or begin):
        # Nothing shows that the log's key has signed both: damage alone does this.
        found[:] = [('witness-differs-too' if p[0] == 'witness-differs' else p[0], *p[1:]) for p in found]
    if ruled_out:
        found.append(('time-contradicts-witness', ruled_out[0], ruled_out[-1]))
    unchecked = [h['size'] for h in witness if h['size'] < begin]
    return dict(
        exported=True, origin=origin, signedBy=[s for s in signers if s['upTo'] >= s['from']], continues=continues, size=size, checkpoints=ours.good, signedSize=ours.agreed, witnessedSize=theirs.agreed,
        witnessedBy=sorted(theirs.by, key=lambda name: name.encode('utf-16-be')),
        uncheckedWitnesses=dict(count=len(unchecked), largest=max(unchecked)) if unchecked else None,
        problems=[dict(zip(('code', 'seq', 'upTo', 'file'), problem)) for problem in found[:MAX_LISTED]],
        furtherProblems=max(0, len(found) - MAX_LISTED), firstAt=instant(first_at), lastAt=instant(last_at),
        unwitnessedSince=instant(since.at), **{'from': begin})


def instant(at):
    if at is None:
        return None
    when = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=at)
    return when.isoformat(timespec='milliseconds') + 'Z'


def is_of_export(path, folder, text):
    """One of its files, or what its checkpoints say: of a young log an honest witness has kept a single one, to the byte."""
    names = ('entries.jsonl', 'checkpoints.txt', 'key.txt', 'start.txt', 'verify.html')
    if path.resolve() in [(folder / name).resolve() for name in names]:
        return True
    own = (folder / 'checkpoints.txt').read_bytes().decode('utf-8')
    return text.rstrip(SPACE) == own.rstrip(SPACE) and len(split_notes(own)) > 1


def read_start(folder):
    path = folder / 'start.txt'
    if not path.exists():
        return Tree()
    text = path.read_bytes().decode('utf-8')
    header, size, *lines = text[:-1].split('\n') + ['']
    hashes = hashes_in(lines[:-1])
    match = re.fullmatch(r'size (0|[1-9][0-9]{0,15})', size)
    good = text.endswith('\n') and header == 'munjigi-log-start@v1' and match and int(match[1]) <= SAFE
    if not good or hashes is None:
        raise Bad('start.txt cannot be read')
    return Tree(int(match[1]), hashes)


def entry_lines(folder):
    with open(folder / 'entries.jsonl', 'rb') as file:
        for line in file:
            yield line[:-1] if line.endswith(b'\n') else line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--from', dest='asked', type=int, default=0)
    parser.add_argument('--key', action='append')
    parser.add_argument('--witness', action='append', type=pathlib.Path, default=[])
    parser.add_argument('--witness-key', action='append', default=[])
    given = parser.parse_args()
    try:
        keys = [read_key(text) for text in given.key or [(given.folder / 'key.txt').read_bytes().decode('utf-8')]]
        witness_keys = [read_key(text) for text in given.witness_key]
        problems, heads, notes = [], dict(checkpoint=[], witness=[]), []
        texts = [('checkpoint', given.folder / 'checkpoints.txt')] + [('witness', path) for path in given.witness]
        for whose, path in texts:
            # Line ends as they are: a control character in a note must be seen.
            text = path.read_bytes().decode('utf-8')
            if whose == 'witness' and is_of_export(path, given.folder, text):
                raise Bad(f'{path} is of the export itself and no witness: give a checkpoint that was kept elsewhere')
            if whose == 'witness' and text.strip(SPACE) == '':
                raise Bad(f'{path} holds no checkpoint: give the file in which one was kept')
            for note in notes_in(text) if whose == 'witness' else split_notes(text):
                notes.append(note)
                head, problem = judge(note, whose, keys, witness_keys)
                if head is None:
                    problems.append((*problem, str(path)) if whose == 'witness' else problem)
                else:
                    heads[whose].append(head)
        own, kept = heads['checkpoint'], heads['witness']
        witness = kept + [head for head in own if head['cosigned'] is not None]
        origin = next((head['origin'] for head in own + kept), None)
        report = check(entry_lines(given.folder), read_start(given.folder), given.asked, own, witness, problems, origin)
    except (Bad, OSError, UnicodeDecodeError) as fault:
        print(f'verify_log: {fault}', file=sys.stderr)
        return 2
    print(json.dumps(dict(report, unusedWitnessKeys=unused_keys(notes, witness_keys))))
    return 1 if report['problems'] else 0


if __name__ == '__main__':
    sys.exit(main())
