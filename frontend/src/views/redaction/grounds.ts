// Grounds for not giving something out, as media/redact knows them; all rest on
// article 18, paragraph 2.
export const grounds = [
  { value: '国家秘密', basis: 'S18.2' },
  { value: '商业秘密', basis: 'S18.2' },
  { value: '个人隐私', basis: 'S18.2' },
  { value: '其他', basis: 'S18.2' },
] as const;

/** The ground most covers rest on. */
export const usual = '个人隐私';

export const basisOf = (ground: string) => grounds.find((each) => each.value === ground)?.basis ?? '';
