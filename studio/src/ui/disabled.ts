/**
 * A `<fieldset disabled>` around a control stops what the browser knows of: buttons, fields. What draws and listens by
 * itself asks here.
 */
export const isDisabled = (element: Element | null): boolean => element !== null && element.closest("fieldset:disabled") !== null;
