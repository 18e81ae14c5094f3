// Messages mark commands with backticks, as Markdown does. Where nothing renders the marks, they are left out.

const marked = /`([^`\n]+)`/g;

export const withoutCodeMarks = (text: string): string => text.replace(marked, '$1');
