// Naive UI computes colours in script and cannot read var(--x), so the resolved
// values of tokens.css are read here once per theme (ui.md §10). tokens.css stays
// the only source.
import type { GlobalThemeOverrides } from 'naive-ui';

/** Read gives the resolved value of a custom property, for instance '--c-accent'. */
export type Read = (token: string) => string;

/** readTokens reads from the document root, as the current theme resolves it. */
export function readTokens(): Read {
  const style = getComputedStyle(document.documentElement);
  return (token) => style.getPropertyValue(token).trim();
}

/** naiveTheme builds the overrides of the current theme. */
export function naiveTheme(read: Read): GlobalThemeOverrides {
  return { common: common(read), ...parts(read) };
}

function common(read: Read): NonNullable<GlobalThemeOverrides['common']> {
  return {
    fontFamily: read('--font-ui'),
    fontFamilyMono: read('--font-mono'),
    fontSize: '13px',
    fontSizeMini: '12px',
    fontSizeTiny: '12px',
    fontSizeSmall: '13px',
    fontSizeMedium: '13px',
    fontSizeLarge: '14px',
    fontSizeHuge: '16px',
    lineHeight: '1.54',
    fontWeight: '400',
    fontWeightStrong: '700',
    heightTiny: '24px',
    heightSmall: '28px',
    heightMedium: '28px',
    heightLarge: '32px',
    borderRadius: read('--r-2'),
    borderRadiusSmall: read('--r-1'),
    ...family('primary', read('--c-accent'), read('--c-accent-hover'), read('--c-accent-press')),
    ...family('info', read('--c-accent'), read('--c-accent-hover'), read('--c-accent-press')),
    ...family('success', read('--c-ok-fill')),
    ...family('warning', read('--c-may-fill')),
    ...family('error', read('--c-must-fill')),
    textColorBase: read('--c-text'),
    textColor1: read('--c-text'),
    textColor2: read('--c-text-2'),
    textColor3: read('--c-text-3'),
    textColorDisabled: read('--c-text-off'),
    placeholderColor: read('--c-text-3'),
    bodyColor: read('--c-app'),
    cardColor: read('--c-surface'),
    modalColor: read('--c-raised'),
    popoverColor: read('--c-raised'),
    tableColor: read('--c-surface'),
    inputColor: read('--c-surface'),
    borderColor: read('--c-line-2'),
    dividerColor: read('--c-line'),
    hoverColor: read('--c-hover'),
    pressedColor: read('--c-press'),
    tableColorHover: read('--c-hover'),
    tableHeaderColor: read('--c-surface'),
    actionColor: read('--c-sunken'),
    railColor: read('--c-sunken'),
    progressRailColor: read('--c-sunken'),
    boxShadow1: read('--e-1'),
    boxShadow2: read('--e-2'),
    boxShadow3: read('--e-3'),
    cubicBezierEaseInOut: read('--ease'),
  };
}

function family(name: string, base: string, hover = base, press = base): Record<string, string> {
  return {
    [`${name}Color`]: base,
    [`${name}ColorHover`]: hover,
    [`${name}ColorPressed`]: press,
    [`${name}ColorSuppl`]: hover,
  };
}

function parts(read: Read): Omit<GlobalThemeOverrides, 'common'> {
  const input = {
    border: `1px solid ${read('--c-line-2')}`,
    borderHover: `1px solid ${read('--c-line-2')}`,
    borderFocus: `1px solid ${read('--c-accent')}`,
    boxShadowFocus: `0 0 0 2px ${read('--c-accent-weak')}`,
    color: read('--c-surface'),
    colorFocus: read('--c-surface'),
    textColor: read('--c-text'),
    placeholderColor: read('--c-text-3'),
    caretColor: read('--c-text'),
    paddingMedium: '0 8px',
    paddingLarge: '0 8px',
  };
  return {
    Input: input,
    InternalSelection: {
      border: input.border,
      borderHover: input.borderHover,
      borderActive: input.borderFocus,
      borderFocus: input.borderFocus,
      boxShadowActive: input.boxShadowFocus,
      boxShadowFocus: input.boxShadowFocus,
      color: read('--c-surface'),
      colorActive: read('--c-surface'),
      textColor: read('--c-text'),
      paddingSingle: '0 26px 0 8px',
    },
    InternalSelectMenu: {
      optionTextColor: read('--c-text'),
      optionTextColorActive: read('--c-accent-text'),
      optionColorActive: read('--c-sel'),
      optionColorPending: read('--c-hover'),
      optionColorActivePending: read('--c-sel'),
      optionCheckColor: read('--c-accent-text'),
    },
    Tooltip: { color: read('--c-raised'), textColor: read('--c-text'), boxShadow: read('--e-2') },
    Dialog: { borderRadius: read('--r-4'), titleFontSize: '16px', titleFontWeight: '700' },
    Message: { color: read('--c-raised'), textColor: read('--c-text'), boxShadow: read('--e-2') },
    Progress: { railHeight: '6px' },
  };
}
