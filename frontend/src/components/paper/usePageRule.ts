// The page rule of the sheet on the screen. It belongs to the document, not to
// an element, so it comes and goes with the component.
import { onBeforeUnmount, onMounted } from 'vue';

/** usePageRule sets A4 and its orientation while the component is on the screen. */
export function usePageRule(landscape: () => boolean): void {
  const sheet = new CSSStyleSheet();
  onMounted(() => {
    sheet.replaceSync(`@page { size: A4 ${landscape() ? 'landscape' : 'portrait'}; margin: 0 }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  });
  onBeforeUnmount(() => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
  });
}
